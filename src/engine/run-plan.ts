import type { Plan } from "../model/plan.ts";
import type { RunFailure, RunPause } from "../model/run.ts";
import type { PlanStatus } from "../model/status.ts";
import type { StepEnd } from "./run-step.ts";
import { nextSteps, type PlacedStep } from "./steps/next-steps.ts";

/** What driving a plan needs. */
export interface PlanRun {
  /** The plan's status as it is now. */
  readonly status: () => PlanStatus;
  readonly runStep: (placed: PlacedStep) => Promise<StepEnd>;
  /** Makes all running steps stop at their next safe point. */
  readonly stopAll: () => void;
  /** Aborted: no step begins any more. */
  readonly halt: AbortSignal;
}

/** Begins each step as soon as it may run, until none is left. Returns the first failure, or what paused the run. Throws the first bug, when all steps have stopped. */
export async function runPlan(
  plan: Plan,
  run: PlanRun,
): Promise<RunFailure | RunPause | undefined> {
  const running = new Map<string, Promise<Ended>>();
  const broken: unknown[] = [];
  let failure: RunFailure | RunPause | undefined;
  for (;;) {
    const due = run.halt.aborted ? [] : nextSteps(plan, run.status());
    for (const placed of due) {
      const key = JSON.stringify([placed.phase, placed.step.name]);
      if (!running.has(key)) running.set(key, ended(key, run.runStep(placed)));
    }
    if (running.size === 0) break;
    const { key, end, error } = await Promise.race(running.values());
    running.delete(key);
    if (error !== undefined) broken.push(error);
    if (typeof end === "object") failure ??= end;
    if (end !== "done") run.stopAll();
  }
  if (broken.length > 0) throw broken[0];
  return failure;
}

interface Ended {
  readonly key: string;
  readonly end?: StepEnd;
  readonly error?: unknown;
}

function ended(key: string, step: Promise<StepEnd>): Promise<Ended> {
  return step.then(
    (end) => ({ key, end }),
    (error: unknown) => ({ key, error }),
  );
}
