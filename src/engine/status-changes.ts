import type { RunPath } from "../model/run.ts";
import type { ExecutionStatus, PlanStatus } from "../model/status.ts";

/** A plan, phase or step that has another status or message than before. */
export interface StatusChange {
  readonly path: RunPath;
  readonly status: ExecutionStatus;
  readonly message?: string;
}

/**
 * What differs between two statuses of one plan, in the order people expect: what begins from the plan down, what ends from the step up.
 */
export function statusChanges(before: PlanStatus, after: PlanStatus): StatusChange[] {
  const old = new Map(places(before).map((place) => [key(place.path), place]));
  const changed = places(after).filter((place) => {
    const was = old.get(key(place.path));
    return was?.status !== place.status || was.message !== place.message;
  });
  const begins = changed.filter(({ status }) => !ends(status));
  const over = changed.filter(({ status }) => ends(status)).sort((a, b) => depth(b) - depth(a));
  return [
    ...over.filter(({ path }) => path.step),
    ...begins,
    ...over.filter(({ path }) => !path.step),
  ];
}

function places(status: PlanStatus): StatusChange[] {
  const plan = status.name;
  return [
    place({ plan }, status),
    ...status.phases.flatMap((phase) => [
      place({ plan, phase: phase.name }, phase),
      ...phase.steps.map((step) => place({ plan, phase: phase.name, step: step.name }, step)),
    ]),
  ];
}

function place(
  path: RunPath,
  { status, message }: { readonly status: ExecutionStatus; readonly message?: string },
): StatusChange {
  return message === undefined ? { path, status } : { path, status, message };
}

function ends(status: ExecutionStatus): boolean {
  return status === "COMPLETE" || status === "FATAL_ERROR";
}

function depth({ path }: StatusChange): number {
  return path.step ? 2 : path.phase ? 1 : 0;
}

function key(path: RunPath): string {
  return JSON.stringify([path.plan, path.phase, path.step]);
}
