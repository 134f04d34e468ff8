import type { Strategy } from "../model/plan.ts";
import type { PlanStatus } from "../model/status.ts";
import type { ActionContext } from "./context.ts";

/** How an instance stands, in all that `plan status` shows. */
export interface PlanStatusView {
  readonly instance: { readonly name: string; readonly namespace: string; readonly uid: string };
  /** Name of the operator, e.g. `galera`. */
  readonly operator: string;
  /** Name of the OperatorVersion, e.g. `galera-10.11-0.1.0`. */
  readonly operatorVersion: string;
  /** Version of the package and of the software it runs, when the OperatorVersion is there. */
  readonly version?: string;
  readonly appVersion?: string;
  /** Every plan of the operator, in the order its package lists them; NEVER_RUN where it never ran. */
  readonly plans: readonly PlanStatusEntry[];
  /** The plan that runs, or last ran. */
  readonly current?: string;
  /** Set when a plan is unfinished and nobody drives it: `interrupted, last driven 3 min ago`. */
  readonly interrupted?: string;
}

/** A plan with its strategies, as KUDO's tree shows it. */
export interface PlanStatusEntry extends PlanStatus {
  readonly strategy: Strategy;
  /** Strategy of each phase by its name. */
  readonly phaseStrategies: Readonly<Record<string, Strategy>>;
}

/** Reads how an instance stands: one GET of the Instance, one of its OperatorVersion, and one of its Lease while a plan is unfinished. */
export async function planStatus(
  _ctx: Pick<ActionContext, "cluster" | "namespace">,
  _request: { readonly instance?: string },
): Promise<PlanStatusView> {
  throw new Error("not there yet");
}
