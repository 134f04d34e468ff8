import { recordedFacts } from "../../engine/exec/recorded-facts.ts";
import { executeRun, refused } from "../../engine/execute-run.ts";
import { createPreviewCache, type PreviewCache } from "../../engine/preview/preview-cache.ts";
import { previewRun } from "../../engine/preview/preview-run.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { ANNOTATION } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { ParameterValues } from "../../model/parameter.ts";
import type { Plan } from "../../model/plan.ts";
import { randomUuid } from "../../model/random.ts";
import type { Preview, RunInputs, RunOutcome, RunRecord } from "../../model/run.ts";
import { planExecution } from "../../store/instance-status.ts";
import { instanceWriter } from "../../store/instance-writer.ts";
import type { HeldLease } from "../../store/lease.ts";
import { refuseUnknownAllowed } from "../change/allowed.ts";
import { desiredParameters, recordedParameters } from "../change/desired-parameters.ts";
import type { ChildrenIn } from "../children/children-in.ts";
import type { ActionContext } from "../context.ts";
import { digestOf, operatorVersionOf, storedParameters } from "../instance/find-instance.ts";
import { installedPackage } from "../instance/installed-package.ts";
import type { KnownInstance } from "../instance/instance-state.ts";
import { plainSalt, runInputs } from "../run/draft-run.ts";
import { type OpenRun, openRun } from "../run/open-run.ts";
import { newRecord, plansOf, resumedRecord } from "../run/run-record.ts";
import { stopped } from "../run/stopped.ts";

/** The run of an uninstall: its record is stored, its cleanup plan yet to be executed. */
export interface CleanupRun {
  readonly run: OpenRun;
  /** The package of the instance, where it is known and needed. */
  readonly pkg?: OperatorPackage;
  /** Executes the cleanup plan, as far as it is not COMPLETE from an earlier attempt. */
  execute(): Promise<RunOutcome>;
}

/** How an instance is removed. */
export interface CleanupOptions {
  /** Ids of requirements of the cleanup plan that need not hold. */
  readonly allow: readonly string[];
  readonly deleteClaims: boolean;
  readonly childrenIn: ChildrenIn;
}

/**
 * Opens the run of an uninstall, or the unfinished one again. From here on, no other command works on the instance.
 * Throws a `bad-input` KplanError, before anything is written, with all that is in the way of the cleanup plan.
 */
export async function beginCleanup(
  ctx: ActionContext,
  state: KnownInstance,
  lease: HeldLease,
  { allow, deleteClaims, childrenIn }: CleanupOptions,
): Promise<CleanupRun> {
  const draft = await draftCleanup(ctx, state, allow);
  const { plans, pkg, inputs } = draft;
  const record = withClaims(draft.record, deleteClaims);
  const cache = createPreviewCache();
  const found = await check(ctx, draft, childrenIn, cache);
  if (found.problems.length > 0) throw refused(found);
  if (ctx.stop.aborted) throw stopped();
  const instance = instanceWriter(ctx.cluster, state.object, lease.token);
  lease.check();
  await instance.patch({
    metadata: { annotations: { [ANNOTATION.token]: String(lease.token) } },
    spec: { planExecution: planExecution(record) },
  });
  const known = pkg?.operator.plans ?? [];
  const opened = await openRun(ctx, { state, instance, lease, record, plans, known });
  return {
    run: opened,
    ...(pkg && { pkg }),
    async execute() {
      if (!inputs) return { result: "complete" };
      return await executeRun(inputs, {
        cluster: opened.cluster,
        clock: ctx.clock,
        emit: opened.emit,
        stop: opened.stop,
        skips: opened.skips,
        limits: ctx.limits,
        forceConflicts: ctx.forceConflicts,
        fence: lease,
        recorder: opened.keeper,
        preview: cache,
        children: childrenIn(ctx),
      }).catch(async (error: unknown) => {
        await opened.leave();
        throw error;
      });
    },
  };
}

/** What was asked for last counts, also for whoever resumes it. */
function withClaims({ deleteClaims: _, ...record }: RunRecord, deleteClaims: boolean): RunRecord {
  return deleteClaims ? { ...record, deleteClaims } : record;
}

/** What the cleanup plan would do, and all that is in its way. Throws a `bad-input` KplanError for an id that no requirement of the package has. */
export async function previewCleanup(
  ctx: ActionContext,
  state: KnownInstance,
  { allow, childrenIn }: Omit<CleanupOptions, "deleteClaims">,
): Promise<Preview> {
  return await check(ctx, await draftCleanup(ctx, state, allow), childrenIn);
}

/** The run of an uninstall before it is stored; without inputs where nothing of the cleanup plan is left to do, or nobody knows it. */
interface CleanupDraft {
  readonly record: RunRecord;
  readonly plans: readonly Plan[];
  readonly pkg?: OperatorPackage;
  readonly inputs?: RunInputs;
}

async function draftCleanup(
  ctx: ActionContext,
  state: KnownInstance,
  allow: readonly string[],
): Promise<CleanupDraft> {
  const last = state.runs[0]?.record;
  const before = last?.kind === "uninstall" ? last : undefined;
  const pkg = before && isCleaned(before) ? undefined : await packageIfThere(ctx, state);
  if (pkg) refuseUnknownAllowed(pkg, allow);
  const plans = pkg ? plansOf(pkg, ["cleanup"]) : [];
  const { user, host } = ctx.identity;
  const desired = pkg && parametersOf(pkg, state);
  const run = {
    kind: "uninstall" as const,
    operatorVersion: operatorVersionOf(state.object),
    digest: digestOf(state.object) ?? "",
    instance: state.name,
    namespace: ctx.namespace,
    plans,
    keep: ["cleanup"],
    ...(before && { from: before }),
    changes: [],
    parameters: desired ? recordedParameters(desired, state.secrets) : (last?.parameters ?? {}),
    inventory: state.inventory,
    allow,
    ...(user !== undefined && { user }),
    host,
  };
  const at = ctx.clock.now();
  const record: RunRecord = before
    ? { ...resumedRecord(run, before, at), ...(pkg ? {} : cleanedPart(before)) }
    : newRecord(run, state.nextNumber, randomUuid(), at);
  if (!pkg || !desired || plans.length === 0) return { record, plans, ...(pkg && { pkg }) };
  return { record, plans, pkg, inputs: await inputsOf(ctx, state, pkg, desired.values, record) };
}

async function check(
  ctx: ActionContext,
  { inputs }: CleanupDraft,
  childrenIn: ChildrenIn,
  cache?: PreviewCache,
): Promise<Preview> {
  if (inputs === undefined) return { objects: [], problems: [] };
  const { cluster, clock, limits, forceConflicts, stop } = ctx;
  const children = childrenIn(ctx);
  const world = { cluster, clock, limits, forceConflicts, signal: stop, children };
  return await previewRun(inputs, {
    ...world,
    ...(cache ? { preview: cache } : { wantDiffs: true }),
  }).catch((error: unknown) => {
    throw stop.aborted ? stopped() : error;
  });
}

async function inputsOf(
  { cluster, namespace, lostNodes = [] }: ActionContext,
  state: KnownInstance,
  pkg: OperatorPackage,
  values: ParameterValues,
  record: RunRecord,
): Promise<RunInputs> {
  const salt = state.secrets?.salt || plainSalt(state);
  const [capabilities, acts] = await Promise.all([
    cluster.capabilities(),
    recordedFacts(cluster, pkg, { namespace, instance: state.name }),
  ]);
  const decision = { pkg, values, capabilities, salt, acts };
  return { ...runInputs(decision, record, state.object.metadata.uid ?? ""), lostNodes };
}

function isCleaned({ planStatus }: RunRecord): boolean {
  return planStatus.every(({ status }) => status === "COMPLETE");
}

function cleanedPart({ plans, planStatus }: RunRecord): Pick<RunRecord, "plans" | "planStatus"> {
  return { plans, planStatus };
}

function parametersOf(
  pkg: OperatorPackage,
  { name, object, secrets }: KnownInstance,
): ReturnType<typeof desiredParameters>["desired"] {
  const stored = storedParameters(object);
  const none = { given: {}, secrets: {}, unset: [], issues: [] };
  return desiredParameters(pkg, none, { name, stored, ...(secrets && { secrets }) }).desired;
}

/** Without its package an instance can still be removed; only its cleanup plan is not known. */
async function packageIfThere(
  ctx: ActionContext,
  state: KnownInstance,
): Promise<OperatorPackage | undefined> {
  try {
    return await installedPackage(ctx, state);
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    ctx.emit({ type: "warning", message: `${error.message}; no cleanup plan is run` });
    return undefined;
  }
}
