import { ClusterError } from "../../model/cluster.ts";
import { refuseLater } from "../../model/fencing.ts";
import type { Json } from "../../model/json.ts";
import { type KubeObject, type ObjectRef, refText } from "../../model/kube-object.ts";
import { LABEL } from "../../model/names.ts";
import { randomUuid } from "../../model/random.ts";
import type { RecordScope } from "../../model/scope.ts";
import type { ExecRecord, ExecTask } from "../../model/task.ts";
import { enhanceTask } from "../objects/materialize.ts";
import { renderText } from "../objects/render-text.ts";
import { callOptions, mayWrite, type TaskContext } from "../run-context.ts";
import { TaskFailure, TaskTrouble } from "../steps/task-stop.ts";
import { readRecord, recordData, recordObject, type TaskRecord } from "./record-object.ts";

/** How often a write that others come before is decided anew. */
const TRIES = 6;

/** A task that keeps a record. */
export type RecordingTask = ExecTask & { readonly record: ExecRecord };

/** An act that is done: its fact stands. */
export interface DoneAct {
  readonly kind: "done";
  readonly fact: Json;
}

/** An act that this run may do now. */
export interface BegunAct extends RecordScope {
  readonly kind: "begun";
  /** As it stands in the cluster. */
  readonly object: KubeObject;
  readonly begunAt: string;
}

/** The ConfigMap that keeps a task's record. */
export function recordRef({ name, record }: RecordingTask, ctx: TaskContext): ObjectRef {
  const { inputs, path } = ctx;
  const text = renderText(record.name, `the record of task ${name}`, inputs, path);
  const { namespace } = inputs.instance;
  return { apiVersion: "v1", kind: "ConfigMap", name: text, namespace };
}

/** The fact of an act that is done and is not to be done again in this run; undefined when there is something to do. Throws what `beginAct` throws. */
export async function doneAct(
  task: RecordingTask,
  ref: ObjectRef,
  ctx: TaskContext,
): Promise<DoneAct | undefined> {
  const object = await ctx.cluster.get(ref, callOptions(ctx));
  return object && doneIn(recordIn(object, task, ref, ctx), task, ctx);
}

/**
 * Puts on record that the act begins, unless that stands there already: a record that is absent is created (never applied), one that another run had done is begun anew by
 * compare-and-swap where the act is to be done once in each run. Whoever comes second finds what the first one wrote, and decides by it.
 * Throws `TaskFailure` for an object of that name that is no record of this task, `TaskTrouble` for one that is being deleted, `Halted`, ClusterError.
 */
export async function beginAct(
  task: RecordingTask,
  ref: ObjectRef,
  ctx: TaskContext,
): Promise<BegunAct | DoneAct> {
  for (let tries = 1; ; tries++) {
    const live = await ctx.cluster.get(ref, callOptions(ctx));
    const found = live && recordIn(live, task, ref, ctx);
    const done = found && doneIn(found, task, ctx);
    if (done !== undefined) return done;
    if (live !== undefined && found?.state === "begun")
      return { ...found, kind: "begun", state: "begun", object: live };
    const record = newRecord(ctx);
    try {
      const object = await put(task, ref, live, record, ctx);
      return { ...record, kind: "begun", state: "new", object };
    } catch (error) {
      if (!isRaced(error) || tries >= TRIES) throw error;
    }
  }
}

/**
 * Puts on record that the act is done, by compare-and-swap, and gives the fact that stands there then: of two who did it with the same token, the first one's.
 * Throws `TaskTrouble` when somebody began it anew meanwhile, ClusterError.
 */
export async function finishAct(
  task: RecordingTask,
  ref: ObjectRef,
  act: BegunAct,
  fact: Json,
  ctx: TaskContext,
): Promise<Json> {
  const { token, begunAt } = act;
  const doneAt = ctx.clock.now().toISOString();
  const record: TaskRecord = { state: "done", token, run: ctx.inputs.uid, begunAt, doneAt, fact };
  let live: KubeObject | undefined = act.object;
  for (let tries = 1; ; tries++) {
    try {
      // The act is done, whoever told the run to stop since: only the lease is asked.
      await put(task, ref, live, record, { ...ctx, halt: NEVER });
      return fact;
    } catch (error) {
      if (!isRaced(error) || tries >= TRIES) throw error;
    }
    live = await ctx.cluster.get(ref, callOptions(ctx));
    const found = live && recordIn(live, task, ref, ctx);
    if (found !== undefined && found.token !== token)
      throw new TaskTrouble(`${refText(ref)}: somebody else began task ${task.name} anew`);
    if (found?.state === "done") return found.fact ?? null;
  }
}

const NEVER: AbortSignal = new AbortController().signal;

function newRecord({ inputs, clock }: TaskContext): TaskRecord {
  const begunAt = clock.now().toISOString();
  return { state: "begun", token: randomUuid(), run: inputs.uid, begunAt };
}

function recordIn(
  object: KubeObject,
  task: RecordingTask,
  ref: ObjectRef,
  { inputs }: TaskContext,
): TaskRecord {
  const owner = object.metadata.labels?.[LABEL.instance];
  const found = readRecord(object, task.name);
  if (found === undefined || owner !== inputs.instance.name)
    throw new TaskFailure(`${refText(ref)} is there and is no record of task ${task.name}`, {
      result: "failed",
      ref,
      hint: "delete or rename it, if it is of no use; a record cannot be kept there now",
    });
  if (object.metadata.deletionTimestamp !== undefined)
    throw new TaskTrouble(`${refText(ref)} is being deleted`);
  return found;
}

function doneIn(
  { state, run, fact = null }: TaskRecord,
  { record }: RecordingTask,
  { inputs }: TaskContext,
): DoneAct | undefined {
  if (state !== "done" || (record.once === "run" && run !== inputs.uid)) return undefined;
  return { kind: "done", fact };
}

/** Creates the ConfigMap, or replaces just the one that was read. */
async function put(
  task: RecordingTask,
  ref: ObjectRef,
  live: KubeObject | undefined,
  record: TaskRecord,
  ctx: TaskContext,
): Promise<KubeObject> {
  if (live !== undefined) refuseLater(live, ctx.fence.token);
  else await ctx.fence.confirm?.();
  mayWrite(ctx);
  if (live !== undefined)
    return await ctx.cluster.replace({ ...live, data: recordData(record) }, callOptions(ctx));
  const bare = recordObject(task.record, ref.name, task.name, record);
  const offline = { isNamespaced: () => true, dependency: () => undefined };
  const [object = bare] = enhanceTask(ctx.inputs, ctx.path, [bare], offline);
  return await ctx.cluster.create(object, callOptions(ctx));
}

/** Somebody wrote between our reading and our writing: read again. */
function isRaced(error: unknown): boolean {
  return (
    error instanceof ClusterError &&
    (error.kind === "conflict" || error.kind === "already-exists" || error.kind === "not-found")
  );
}
