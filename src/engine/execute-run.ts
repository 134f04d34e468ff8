import { setMaxListeners } from "node:events";
import type { StepSkip } from "../model/driver.ts";
import { errorIssue } from "../model/issue.ts";
import { KplanError } from "../model/kplan-error.ts";
import {
  type Preview,
  pathText,
  type RunInputs,
  type RunOutcome,
  type RunReason,
} from "../model/run.ts";
import type { PlanStatus } from "../model/status.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { measureRun } from "./meter/measure-run.ts";
import { leaseLost } from "./objects/keep-trying.ts";
import { lenientCluster } from "./objects/lenient-cluster.ts";
import { createWatchHub } from "./objects/watch-hub.ts";
import { createPreviewCache } from "./preview/preview-cache.ts";
import { planAndCheck } from "./preview/preview-run.ts";
import { createLimit, createRunContext } from "./run-context.ts";
import { runPlan } from "./run-plan.ts";
import { runStep } from "./run-step.ts";
import { type StatusChange, statusChanges } from "./status-changes.ts";
import { advance } from "./steps/advance.ts";
import { resumedStatus, rollUp } from "./steps/pending.ts";
import { skipSteps } from "./steps/skip-steps.ts";
import { createTurns } from "./steps/turns.ts";

export type { EngineDeps } from "./engine-deps.ts";

/**
 * Carries out a run: checks it with a dry run, then drives its plans one after the other until they are complete, one fails, one takes too long, or `deps.stop`.
 * Tells what happens through `deps.emit` (not `run-started` and `run-finished`: the caller knows the run's number and kind).
 * Throws a `bad-input` KplanError, before any write, when the dry run finds problems or templates do not render; ClusterError when the cluster cannot be asked
 * for the dry run; a KplanError `lease-lost` as soon as the lease is.
 */
export async function executeRun(inputs: RunInputs, deps: EngineDeps): Promise<RunOutcome> {
  const halting = new AbortController();
  const stopAll = (): void => halting.abort();
  const hub = createWatchHub(deps.cluster, deps.emit);
  const signals = [deps.stop, deps.fence.lost];
  // Every call under way listens to the lease.
  setMaxListeners(0, deps.fence.lost);
  for (const signal of signals) {
    if (signal.aborted) stopAll();
    signal.addEventListener("abort", stopAll);
  }
  try {
    return await drive(inputs, deps, { hub, halt: halting.signal, stopAll });
  } catch (error) {
    throw deps.fence.lost.aborted ? leaseLost(deps.fence.lost, error) : error;
  } finally {
    for (const signal of signals) signal.removeEventListener("abort", stopAll);
    hub.close();
  }
}

async function drive(
  inputs: RunInputs,
  deps: EngineDeps,
  parts: {
    readonly hub: ReturnType<typeof createWatchHub>;
    readonly halt: AbortSignal;
    readonly stopAll: () => void;
  },
): Promise<RunOutcome> {
  const { halt, stopAll } = parts;
  const statuses = openStatuses(inputs, deps);
  const preview = deps.preview ?? createPreviewCache();
  const begun = { ...inputs, statuses: statuses.all() };
  const plan = await checkBefore(begun, { ...deps, preview }).catch((error: unknown) => {
    if (deps.stop.aborted && !deps.fence.lost.aborted) return undefined;
    throw error;
  });
  if (plan === undefined) return interrupted(begun.statuses);
  const { definedKinds, told } = plan;
  const said = new Set(plan.notes);
  const cluster = lenientCluster(deps.cluster, inputs.pkg, (message) => {
    if (!said.has(message)) deps.emit({ type: "warning", message });
    said.add(message);
  });
  const run = createRunContext(
    inputs,
    { ...deps, cluster, preview },
    { ...parts, definedKinds, told },
  );
  const slots = createLimit(deps.limits.concurrency);
  const measuring = await measureRun(run);
  if (typeof measuring === "object") return measuring;
  const skipping = skipSteps(deps.skips, (skip) => leaveOut(skip, inputs, deps, statuses));
  try {
    for (const each of inputs.plans) {
      const turns = inputs.pkg.dialect === "kudo" ? createTurns() : undefined;
      // A plan without any step is complete as soon as it is reached.
      statuses.move(each.name, rollUp);
      const failure = await runPlan(each, {
        status: () => statuses.of(each.name),
        runStep: (placed) => {
          const turn = turns?.();
          const note: Parameters<typeof runStep>[1]["note"] = (event, reason) =>
            statuses.move(each.name, (status, at) => advance(status, event, at), reason);
          const isLate = plan.late.has(JSON.stringify([each.name, placed.phase, placed.step.name]));
          return skipping.run(each.name, placed, halt, (stepHalt) =>
            runStep(placed, {
              ...run,
              ...{ halt: stepHalt, plan: each.name, slots, note, isLate },
              ...(turn !== undefined && { turn }),
            }),
          );
        },
        stopAll,
        halt,
      });
      if (failure !== undefined) return failure;
      if (statuses.of(each.name).status !== "COMPLETE") break;
    }
  } finally {
    skipping.close();
    await measuring();
  }
  if (deps.fence.lost.aborted) throw leaseLost(deps.fence.lost);
  if (statuses.all().every(({ status }) => status === "COMPLETE")) return { result: "complete" };
  return interrupted(statuses.all());
}

/** What a skipped step was about to write is not awaited any more; it stays in the inventory. */
function leaveOut(
  { plan, phase, step, message }: StepSkip,
  { plans }: RunInputs,
  { recorder }: EngineDeps,
  statuses: ReturnType<typeof openStatuses>,
): void {
  const found = plans
    .find(({ name }) => name === plan)
    ?.phases.find(({ name }) => name === phase)
    ?.steps.find(({ name }) => name === step);
  if (found === undefined) return;
  for (const task of found.tasks) recorder.done({ path: { plan, phase, step, task } });
  statuses.move(
    plan,
    (status, at) => advance(status, { phase, step, type: "skip", message }, at),
    "Skipped",
  );
}

/** The dry run before the first write. Throws a `bad-input` KplanError with all that is in the way. */
async function checkBefore(
  inputs: RunInputs,
  deps: EngineDeps,
): Promise<{
  readonly definedKinds: ReadonlyMap<string, boolean>;
  /** Steps with objects that could not be checked yet. */
  readonly late: ReadonlySet<string>;
  /** Of objects that are applied otherwise than the package says. */
  readonly told: readonly string[];
  /** All that was told before the first write. */
  readonly notes: readonly string[];
}> {
  const { cluster, clock, limits, forceConflicts, emit, fence, stop } = deps;
  const signal = AbortSignal.any([fence.lost, stop]);
  const warn = (message: string): void => emit({ type: "warning", message });
  const takeBack = deps.takeBack === true;
  const children = deps.children && { children: deps.children };
  const world = { cluster, clock, limits, forceConflicts, takeBack, signal, warn, ...children };
  const { preview, plan } = await planAndCheck(
    inputs,
    deps.preview === undefined ? world : { ...world, preview: deps.preview },
    (objects) => emit({ type: "check-started", objects }),
  );
  if (preview.problems.length > 0) throw refused(preview);
  for (const note of preview.notes ?? []) warn(note);
  emit({ type: "check-finished", preview });
  const late = preview.objects.filter(({ change }) => change === "later");
  return {
    definedKinds: plan.definedKinds,
    told: plan.notes,
    notes: preview.notes ?? [],
    late: new Set(late.map(({ path }) => JSON.stringify([path.plan, path.phase, path.step]))),
  };
}

/** The error for a run that would fail. Nothing was written. */
export function refused({ problems }: Preview): KplanError {
  const issues = problems.map(({ path, message, hint }) =>
    errorIssue("would-fail", `${pathText(path)}: ${message}`, undefined, hint),
  );
  return new KplanError("would-fail", `nothing was applied: ${reasonsText(problems)}`, {
    kind: "bad-input",
    issues,
  });
}

function reasonsText(problems: Preview["problems"]): string {
  const one = problems.length === 1;
  if (problems.every(({ requirement }) => requirement !== undefined))
    return one ? "1 requirement does not hold" : `${problems.length} requirements do not hold`;
  return `the dry run found ${one ? "1 problem" : `${problems.length} problems`}`;
}

/** The statuses of the run's plans as they change; each change is told. */
function openStatuses(
  { plans, statuses, uid }: RunInputs,
  { clock, emit }: EngineDeps,
): {
  readonly of: (plan: string) => PlanStatus;
  readonly all: () => PlanStatus[];
  readonly move: (
    plan: string,
    change: (status: PlanStatus, at: string) => PlanStatus,
    reason?: RunReason,
  ) => void;
} {
  const now = (): string => clock.now().toISOString();
  const current = new Map<string, PlanStatus>();
  const set = (before: PlanStatus | undefined, after: PlanStatus, reason?: RunReason): void => {
    current.set(after.name, after);
    for (const change of before === undefined ? [] : statusChanges(before, after))
      emit({
        type: "status",
        ...change,
        ...(reason && isAbout(reason, change) && { reason }),
      });
  };
  for (const plan of plans) {
    const before = statuses.find(({ name }) => name === plan.name);
    set(before, resumedStatus(plan, before, uid, now()));
  }
  const of = (plan: string): PlanStatus => {
    const status = current.get(plan);
    if (status === undefined) throw new Error(`no status of plan ${plan}`);
    return status;
  };
  return {
    of,
    all: () => plans.map(({ name }) => of(name)),
    move: (plan, change, reason) => set(of(plan), change(of(plan), now()), reason),
  };
}

/** A failure is that of phase and plan too; a skipped step says nothing about what is above it. */
function isAbout(reason: RunReason, { status, path }: StatusChange): boolean {
  if (reason === "Skipped") return status === "COMPLETE" && path.step !== undefined;
  return status === "FATAL_ERROR";
}

function interrupted(statuses: readonly PlanStatus[]): RunOutcome {
  const steps = statuses.flatMap(({ phases }) => phases.flatMap((phase) => phase.steps));
  const complete = steps.filter(({ status }) => status === "COMPLETE").length;
  return {
    result: "interrupted",
    message: `stopped with ${complete} of ${steps.length} steps complete; give the same command again to go on`,
  };
}
