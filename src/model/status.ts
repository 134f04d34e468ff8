/** KUDO's six statuses (compat section 7.1). A plan or phase is never `ERROR`. */
export type ExecutionStatus =
  | "NEVER_RUN"
  | "PENDING"
  | "IN_PROGRESS"
  | "COMPLETE"
  | "ERROR"
  | "FATAL_ERROR";

/** How a plan stands, in the shape of an Instance's `status.planStatus.<plan>` (compat section 8.3). */
export interface PlanStatus {
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly message?: string;
  /** RFC 3339. */
  readonly lastUpdatedTimestamp?: string;
  /** uid of the run that this is about. */
  readonly uid?: string;
  readonly phases: readonly PhaseStatus[];
}

/** How a phase stands. */
export interface PhaseStatus {
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly message?: string;
  readonly steps: readonly StepStatus[];
}

/** How a step stands. */
export interface StepStatus {
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly message?: string;
}

/** Nothing more will happen by itself. */
export function isTerminal(status: ExecutionStatus): boolean {
  return status === "COMPLETE" || status === "FATAL_ERROR";
}

/** Begun and not ended. */
export function isRunning(status: ExecutionStatus): boolean {
  return status === "IN_PROGRESS" || status === "PENDING" || status === "ERROR";
}
