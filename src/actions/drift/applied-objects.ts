import { recordedFacts } from "../../engine/exec/recorded-facts.ts";
import type { TaskPath } from "../../engine/objects/materialize.ts";
import { materializeLive } from "../../engine/objects/materialize-live.ts";
import { toggled } from "../../engine/objects/toggled.ts";
import { createLimit } from "../../engine/run-context.ts";
import { taskNamed } from "../../engine/steps/task-named.ts";
import { ClusterError } from "../../model/cluster.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, type ObjectRef, refKey, refOf } from "../../model/kube-object.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { type InventoryEntry, pathText, type RunInputs, type RunRecord } from "../../model/run.ts";
import type { Task } from "../../model/task.ts";
import { desiredParameters } from "../change/desired-parameters.ts";
import { storedPackage } from "../change/package-source.ts";
import { isInstanceIn } from "../children/removal-parts.ts";
import type { ActionContext } from "../context.ts";
import type { KnownInstance } from "../instance/instance-state.ts";
import { plainSalt, runInputs } from "../run/draft-run.ts";

/** An object as the run that last applied it rendered it. */
export interface AppliedObject {
  readonly entry: InventoryEntry;
  /** The run by which it is known what was applied. */
  readonly source?: AppliedBy;
  readonly object?: KubeObject;
  /** Why that is not known. */
  readonly why?: string;
}

/** A run, and all that its templates saw. */
export interface AppliedBy {
  readonly record: RunRecord;
  readonly inputs: RunInputs;
}

/** Gives what the templates of a run saw, or a sentence why that is not known; each is read once. */
export type Sources = (record: RunRecord) => Promise<AppliedBy | string>;

/** The runs of an instance, as their templates saw it. Throws ClusterError when the cluster cannot be asked. */
export function sourcesOf(ctx: ActionContext, state: KnownInstance): Sources {
  const sources = new Map<RunRecord, Promise<AppliedBy | string>>();
  return (record) => {
    const known = sources.get(record) ?? sourceOf(ctx, state, record);
    sources.set(record, known);
    return known;
  };
}

/**
 * All that an instance has made, rendered again with the package, values, facts and constants of the run that applied it last, in the order it was made. Records of one-time
 * acts, and what Pipe and KudoOperator tasks made, are left out: what is to be in them, the package does not say. Throws ClusterError when the cluster cannot be asked.
 * @param read gives a live object; asked for what pods use
 */
export async function appliedObjects(
  ctx: ActionContext,
  state: KnownInstance,
  sources: Sources,
  read: (ref: ObjectRef) => Promise<KubeObject | undefined>,
): Promise<readonly AppliedObject[]> {
  const tasks = new Map<string, Promise<readonly KubeObject[] | string>>();
  const rendered = async (
    entry: InventoryEntry,
    source: AppliedBy,
    task: Extract<Task, { kind: "Apply" }>,
  ): Promise<readonly KubeObject[] | string> => {
    const key = `${source.record.number} ${pathText(entry.path)}`;
    const known = tasks.get(key) ?? render(ctx, source, entry.path as TaskPath, task, read);
    tasks.set(key, known);
    return await known;
  };
  const all = await Promise.all(
    state.inventory.map(async (entry): Promise<AppliedObject | undefined> => {
      const record = runOf(
        entry,
        state.runs.map((run) => run.record),
      );
      if (record === undefined)
        return { entry, why: `${runText(entry)}, which applied it, is no longer kept` };
      const source = await sources(record);
      if (typeof source === "string") return { entry, why: source };
      const task = taskOf(entry, source.inputs);
      if (task !== undefined && KEPT.includes(task.kind)) return undefined;
      // What is in an instance of another package is its own affair.
      if (isInstanceIn(entry.ref, ctx.namespace)) return undefined;
      if (task?.kind !== "Apply")
        return { entry, why: `the package has no task ${entry.path.task ?? ""} that applies it` };
      const objects = await rendered(entry, source, task);
      if (typeof objects === "string") return { entry, source, why: objects };
      const object = objects.find((one) => refKey(refOf(one)) === refKey(entry.ref));
      if (object === undefined)
        return { entry, source, why: `${pathText(entry.path)} does not render it any more` };
      return { entry, source, object };
    }),
  );
  return all.filter((one) => one !== undefined);
}

/** Tasks whose objects hold what was found out once, or are instances of their own: nothing tells from the package what is to be in them. */
const KEPT: readonly Task["kind"][] = ["Exec", "Pipe", "KudoOperator"];

/**
 * The run that the entry names. For one that is no longer kept, the oldest complete one after it: what has changed since would have been applied by a later run. For an entry of
 * an earlier version of kplan, which names none, the newest one that ran its plan.
 */
export function runOf(
  { run, path }: InventoryEntry,
  records: readonly RunRecord[],
): RunRecord | undefined {
  const named = records.find(({ number }) => number === run);
  if (named !== undefined) return named;
  const usable = records.filter(({ kind }) => kind !== "uninstall");
  if (run === undefined) return usable.find(({ plans }) => plans.includes(path.plan));
  return usable.findLast(({ number, status }) => number > run && status === "COMPLETE");
}

function runText({ run }: InventoryEntry): string {
  return run === undefined ? "the run" : `run ${run}`;
}

/** A Toggle as it was in that run. */
function taskOf({ path }: InventoryEntry, { pkg, parameters }: RunInputs): Task | undefined {
  const isThere = pkg.operator.tasks.some(({ name }) => name === path.task);
  const task = isThere && path.task !== undefined ? taskNamed(pkg, path.task) : undefined;
  return task?.kind === "Toggle" ? toggled(task, pkg, parameters) : task;
}

/** What the templates of a run saw, or why that is not known. */
async function sourceOf(
  ctx: ActionContext,
  state: KnownInstance,
  record: RunRecord,
): Promise<AppliedBy | string> {
  const { namespace, cluster } = ctx;
  const { operatorVersion, digest } = record;
  try {
    const pkg = await storedPackage(ctx, { namespace, operatorVersion, digest });
    const acts = await recordedFacts(cluster, pkg, { namespace, instance: state.name });
    const decision = {
      pkg,
      values: valuesOf(pkg, record, state),
      capabilities: await cluster.capabilities(),
      salt: state.secrets?.salt || plainSalt(state),
      acts,
    };
    return { record, inputs: runInputs(decision, record, state.object.metadata.uid ?? "") };
  } catch (error) {
    if (error instanceof KplanError) return error.message;
    throw error;
  }
}

/** The values that a run had; of its secrets it knows hashes alone, and templates see no more than where they are kept. */
function valuesOf(
  pkg: OperatorPackage,
  { parameters }: RunRecord,
  { name, secrets }: KnownInstance,
): RunInputs["parameters"] {
  const secret = new Set(pkg.parameters.flatMap((one) => (one.type === "secret" ? one.name : [])));
  const stored = Object.fromEntries(Object.entries(parameters).filter(([one]) => !secret.has(one)));
  const none = { given: {}, secrets: {}, unset: [], issues: [] };
  return desiredParameters(pkg, none, { name, stored, ...(secrets && { secrets }) }).desired.values;
}

async function render(
  { cluster, limits }: ActionContext,
  { inputs }: AppliedBy,
  path: TaskPath,
  task: Extract<Task, { kind: "Apply" }>,
  dependency: (ref: ObjectRef) => Promise<KubeObject | undefined>,
): Promise<readonly KubeObject[] | string> {
  // What the fix of an earlier drift was about says nothing about the rest of its tasks.
  const { only: _, ...all } = inputs;
  try {
    const { objects, notServed } = await materializeLive(all, path, task, {
      cluster,
      requests: createLimit(limits.concurrency),
      definedKinds: new Map(),
      dependency,
    });
    const [missing] = notServed;
    return missing === undefined ? objects : missing.error.message;
  } catch (error) {
    if (error instanceof KplanError) return error.issues[0]?.message ?? error.message;
    if (error instanceof ClusterError && error.kind === "not-served") return error.message;
    throw error;
  }
}
