import type { RunEvent } from "../../model/event.ts";
import { pathText, type RunPath, type RunRecord } from "../../model/run.ts";
import {
  type ExecutionStatus,
  isTerminal,
  type PhaseStatus,
  type PlanStatus,
  type StepStatus,
} from "../../model/status.ts";

/** Takes an event into a run record: statuses, and the times of steps. Pure; events that say nothing lasting leave it as it is. */
export function foldEvent(record: RunRecord, event: RunEvent): RunRecord {
  if (event.type !== "status") return record;
  const { path, status, message, at } = event;
  const news: News = { status, ...(message !== undefined && { message }) };
  return {
    ...record,
    planStatus: record.planStatus.map((plan) =>
      plan.name === path.plan ? planWith(plan, { path, news, at, uid: record.uid }) : plan,
    ),
    times: path.step === undefined ? record.times : timesWith(record.times, path, status, at),
  };
}

interface News {
  readonly status: ExecutionStatus;
  readonly message?: string;
}

interface Change {
  readonly path: RunPath;
  readonly news: News;
  /** RFC 3339. */
  readonly at: string;
  /** Of the run. */
  readonly uid: string;
}

function planWith(plan: PlanStatus, change: Change): PlanStatus {
  const { path, news, at, uid } = change;
  const stamped = { ...plan, lastUpdatedTimestamp: at, uid };
  if (path.phase === undefined) return renewed(stamped, news);
  return {
    ...stamped,
    phases: plan.phases.map((phase) =>
      phase.name === path.phase ? phaseWith(phase, path, news) : phase,
    ),
  };
}

function phaseWith(phase: PhaseStatus, path: RunPath, news: News): PhaseStatus {
  if (path.step === undefined) return renewed(phase, news);
  return {
    ...phase,
    steps: phase.steps.map((step) => (step.name === path.step ? renewed(step, news) : step)),
  };
}

/** A status without message clears the message before. */
function renewed<T extends StepStatus>(entry: T, news: News): T {
  const { message: _, ...rest } = entry;
  return { ...rest, ...news } as T;
}

function timesWith(
  times: RunRecord["times"],
  path: RunPath,
  status: ExecutionStatus,
  at: string,
): RunRecord["times"] {
  const name = pathText(path);
  const before = times[name];
  if (isTerminal(status)) return { ...times, [name]: { from: before?.from ?? at, to: at } };
  if (before || status !== "IN_PROGRESS") return times;
  return { ...times, [name]: { from: at } };
}
