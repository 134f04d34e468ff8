import { recordedFacts } from "../../engine/exec/recorded-facts.ts";
import { refused } from "../../engine/execute-run.ts";
import { createPreviewCache, type PreviewCache } from "../../engine/preview/preview-cache.ts";
import { previewRun } from "../../engine/preview/preview-run.ts";
import { unmetPlans } from "../../engine/preview/unmet-plans.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { OwnerReference } from "../../model/kube-object.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { SecretKind } from "../../model/parameter.ts";
import type { Preview, RunKind, RunRecord } from "../../model/run.ts";
import type { Capabilities } from "../../model/scope.ts";
import type { HeldLease } from "../../store/lease.ts";
import { newSalt, storeSecretValues } from "../../store/secret-values.ts";
import { runObject } from "../../store/stored-run.ts";
import type { ActionResult } from "../action-result.ts";
import { type DesiredParameters, recordedParameters } from "../change/desired-parameters.ts";
import { refuseMeter } from "../change/refuse-meter.ts";
import { packageSimulation, storeSimulation } from "../change/store-simulation.ts";
import { childrenOf } from "../children/children-of.ts";
import type { ActionContext } from "../context.ts";
import { digestOf, operatorVersionOf } from "../instance/find-instance.ts";
import { type InstanceState, readInstanceState, sameState } from "../instance/instance-state.ts";
import { draftRecord, plainSalt, type RunDecision, runInputs } from "./draft-run.ts";
import { driveRun } from "./drive-run.ts";
import { missingRights } from "./missing-rights.ts";
import type { PlanChoice } from "./select-plans.ts";
import { stopped } from "./stopped.ts";
import { keepOperator, storeInstance, storeOperator } from "./store-wanted.ts";
import { undoBegun } from "./undo-begun.ts";
import { withLease } from "./with-lease.ts";

/** What a command wants of an instance. */
export interface WantedChange {
  readonly kind: RunKind;
  /** As last read. */
  readonly state: InstanceState;
  readonly capabilities: Capabilities;
  /** Ids of requirements that need not hold. */
  readonly allow: readonly string[];
  /** See `LeasedRequest`. */
  readonly same?: unknown;
  /** Decides on a state of the instance; asked again under the lease when the state is another by then. Throws a `bad-input` KplanError. */
  readonly decide: (state: InstanceState) => Decided | Settled;
  /** Number of the run that a rollback goes back to. */
  readonly rollbackTo?: number;
  /** The instance that needs this one and makes it. */
  readonly owner?: OwnerReference;
  /** Done under the lease, before anything else is written; returns the state after it. */
  readonly prepare?: (lease: HeldLease, state: InstanceState) => Promise<InstanceState>;
}

/** `carryOut` itself. */
export type CarryOut = (
  ctx: ActionContext,
  change: WantedChange,
  dryRun: boolean,
) => Promise<ActionResult>;

/** There is something to do. */
export interface Decided {
  readonly pkg: OperatorPackage;
  /** Keep the package in the cluster. */
  readonly storePackage: boolean;
  readonly desired: DesiredParameters;
  readonly choice: Extract<PlanChoice, { kind: "run" }>;
  /** What the Instance goes on to store, where the values of the run are this run's alone; else it is what is desired. */
  readonly lasting?: Readonly<Record<string, string>>;
}

/** There is nothing to do, in a sentence. */
export interface Settled {
  readonly settled: string;
}

/**
 * Carries a change out: decided, checked by a dry run and only then written, under the lease. With `dryRun` nothing at all is written.
 * Killed at any instant, the same command goes on: everything is stored before it is acted on.
 */
export async function carryOut(
  ctx: ActionContext,
  change: WantedChange,
  dryRun: boolean,
): Promise<ActionResult> {
  const first = change.decide(change.state);
  if ("settled" in first) return { kind: "nothing-to-do", message: first.settled };
  const isNew = change.state.object === undefined;
  refuseMeter(ctx, { kind: change.kind, isNew, pkg: first.pkg });
  // What is wrong with it is told before anything is written.
  if (ctx.cluster.simulated) packageSimulation(first.pkg);
  const { name } = change.state;
  const acts = await actsOf(ctx, first, name);
  if (dryRun) return await preview(ctx, change, first, acts);
  // Asked once more by the dry run under the lease; but what `prepare` does may not be undone by being refused then.
  refuseUnmet(ctx, { ...decisionOf(change, first, change.state), acts });
  return await withLease(ctx, { instance: name, same: change.same }, async (lease) => {
    const read = await readInstanceState(ctx, name);
    refuseMoved(change.state, read);
    const state = change.prepare ? await change.prepare(lease, read) : read;
    const decided = sameState(change.state, state) ? first : change.decide(state);
    if ("settled" in decided) return { kind: "nothing-to-do", message: decided.settled };
    return await driveDecided(ctx, { change, decided, state, lease });
  });
}

/** Parameters are read by the package; under another one they would be another request. Throws a `busy` KplanError. */
function refuseMoved({ object, name }: InstanceState, now: InstanceState): void {
  if (!object || !now.object || digestOf(object) === digestOf(now.object)) return;
  throw new KplanError(
    "moved-meanwhile",
    `${name} was moved to another content of its operator meanwhile (${operatorVersionOf(now.object)}); nothing was applied`,
    { kind: "busy", hint: "the same command again acts on it as it is now" },
  );
}

async function preview(
  ctx: ActionContext,
  change: WantedChange,
  decided: Decided,
  acts: RunDecision["acts"],
): Promise<ActionResult> {
  const decision = { ...decisionOf(change, decided, change.state), acts };
  const found = await check(ctx, decided, decision, { record: draftRecord(ctx, decision) });
  const writes = found.objects.some(({ change: act }) => act !== "unchanged" && act !== "absent");
  const isNew = change.state.object === undefined || decided.choice.changes.length > 0;
  return { kind: "preview", preview: found, changes: writes || isNew };
}

async function driveDecided(
  ctx: ActionContext,
  by: {
    readonly change: WantedChange;
    readonly decided: Decided;
    readonly state: InstanceState;
    readonly lease: HeldLease;
  },
): Promise<ActionResult> {
  const { change, decided, state, lease } = by;
  const { pkg, desired } = decided;
  const salt =
    state.secrets?.salt || (desired.secretNames.length > 0 ? newSalt() : plainSalt(state));
  const cache = createPreviewCache();
  const acts = await actsOf(ctx, decided, state.name);
  const decision = { ...decisionOf(change, decided, state), salt, acts };
  const draft = draftRecord(ctx, decision);
  // Throws, before anything is written, for a record that no object can hold.
  runObject(draft, "", lease.token);
  try {
    const found = await check(ctx, decided, decision, { record: draft, cache });
    if (found.problems.length > 0) throw refused(found);
    if (ctx.stop.aborted) throw stopped();
  } catch (error) {
    // What was refused, or stopped before it began, leaves nothing behind.
    if (!state.object && !state.newest) await lease.destroy();
    throw error;
  }

  await lease.confirm();
  const [secrets] = await Promise.all([
    storeSecrets(ctx, decided, state, { salt, token: lease.token }),
    decided.storePackage && storeWithNeeded(ctx, pkg),
    ctx.cluster.simulated &&
      storeSimulation(
        ctx.cluster,
        { namespace: ctx.namespace, instance: state.name },
        packageSimulation(pkg),
      ),
  ]);
  await lease.confirm();
  const record: RunRecord = { ...draft, parameters: recordedParameters(desired, secrets) };
  const instance = await storeInstance(ctx.cluster, state.object, {
    name: state.name,
    namespace: ctx.namespace,
    pkg,
    parameters: decided.lasting ?? desired.stored,
    run: record,
    token: lease.token,
    ...(change.owner && { owner: change.owner }),
  });
  for (const one of decided.storePackage ? [...neededOf(ctx), pkg] : [])
    await keepOperator(ctx, one);
  try {
    const children = childrenOf(ctx, carryOut);
    const driven = await driveRun(ctx, { ...decision, record, cache, instance, lease, children });
    return { kind: "ran", ...driven };
  } catch (error) {
    // Somebody changed something since the dry run above, and the one after what is stored now was refused.
    if (error instanceof KplanError && error.kind === "bad-input")
      await undoBegun(ctx, { state, instance, record, lease });
    throw error;
  }
}

/** What the package needs first, so that whoever finds its OperatorVersion finds all of it. */
async function storeWithNeeded(ctx: ActionContext, pkg: OperatorPackage): Promise<void> {
  for (const one of [...neededOf(ctx), pkg]) await storeOperator(ctx.cluster, ctx.namespace, one);
}

function neededOf({ dependencies }: ActionContext): readonly OperatorPackage[] {
  return [...(dependencies?.values() ?? [])];
}

/** As they stand under the lease: another driver may have done one of them. */
async function actsOf(
  { cluster, namespace }: ActionContext,
  { pkg }: Decided,
  instance: string,
): Promise<RunDecision["acts"]> {
  return await recordedFacts(cluster, pkg, { namespace, instance });
}

/** Throws a `bad-input` KplanError with every requirement of the plans that does not hold. */
function refuseUnmet(ctx: ActionContext, decision: RunDecision): void {
  const inputs = runInputs(decision, draftRecord(ctx, decision), "");
  const problems = unmetPlans(inputs, ctx.cluster.simulated);
  if (problems.length > 0) throw refused({ objects: [], problems });
}

function decisionOf(
  change: WantedChange,
  decided: Decided,
  state: InstanceState,
): Omit<RunDecision, "acts"> {
  return {
    kind: change.kind,
    pkg: decided.pkg,
    choice: decided.choice,
    state,
    values: decided.desired.values,
    recorded: recordedParameters(decided.desired, state.secrets),
    capabilities: change.capabilities,
    allow: change.allow,
    ...(change.rollbackTo !== undefined && { rollbackTo: change.rollbackTo }),
    salt: state.secrets?.salt || plainSalt(state),
  };
}

/** The dry run of everything the run would write, and whether kplan may keep its state, before anything is written. */
async function check(
  ctx: ActionContext,
  decided: Decided,
  decision: RunDecision,
  run: { readonly record: RunRecord; readonly cache?: PreviewCache },
): Promise<Preview> {
  const { state } = decision;
  const instanceUid = state.object?.metadata.uid ?? "";
  const { lostNodes = [] } = ctx;
  const [preview, rights] = await Promise.all([
    previewRun(
      { ...runInputs(decision, run.record, instanceUid), lostNodes },
      {
        cluster: ctx.cluster,
        clock: ctx.clock,
        limits: ctx.limits,
        forceConflicts: ctx.forceConflicts,
        signal: ctx.stop,
        children: childrenOf(ctx, carryOut),
        ...(run.cache ? { preview: run.cache } : { wantDiffs: true }),
      },
    ),
    missingRights(ctx, {
      instance: state.name,
      run: run.record.number,
      plan: decided.choice.plans[0] ?? "",
      isNew: !state.object,
      storePackage: decided.storePackage,
      secrets: secretsWrite(decided, state),
    }),
  ]).catch((error: unknown) => {
    throw ctx.stop.aborted ? stopped() : error;
  });
  return { ...preview, problems: [...rights, ...preview.problems] };
}

/** Given and generated values into the Secret; nothing is asked when all are there. */
async function storeSecrets(
  ctx: ActionContext,
  { pkg, desired }: Decided,
  state: InstanceState,
  { salt, token }: { readonly salt: string; readonly token: number },
): Promise<InstanceState["secrets"]> {
  if (secretsWrite({ desired }, state) === "none") return state.secrets;
  return await storeSecretValues(
    ctx.cluster,
    { namespace: ctx.namespace, instance: state.name, operator: pkg.operator.name },
    { names: desired.secretNames, kinds: kindsOf(pkg), given: desired.secrets, salt, token },
  );
}

/** What is generated for each secret that says so. */
function kindsOf({ parameters }: Decided["pkg"]): Record<string, SecretKind> {
  return Object.fromEntries(
    parameters.flatMap(({ name, generate }) => (generate === undefined ? [] : [[name, generate]])),
  );
}

/** What keeping given and generated values takes. */
function secretsWrite(
  { desired }: Pick<Decided, "desired">,
  { secrets }: InstanceState,
): "create" | "patch" | "none" {
  const has = new Set(secrets?.names);
  // A Secret that somebody made beforehand has no salt yet.
  const unsalted = desired.secretNames.length > 0 && !secrets?.salt;
  const missing = unsalted || desired.secretNames.some((name) => !has.has(name));
  if (!missing && Object.keys(desired.secrets).length === 0) return "none";
  return secrets ? "patch" : "create";
}
