import type { Json, JsonMap } from "../../model/json.ts";
import type { ObjectRef } from "../../model/kube-object.ts";
import type { ExecTask } from "../../model/task.ts";
import { findPods } from "../exec/find-pods.ts";
import type { PodToAsk } from "../exec/pods-to-ask.ts";
import { type PodCommand, runCommand } from "../exec/run-command.ts";
import { secretInput } from "../exec/secret-input.ts";
import {
  type BegunAct,
  beginAct,
  doneAct,
  finishAct,
  type RecordingTask,
  recordRef,
} from "../exec/task-record.ts";
import { keepFact, refuseLarge } from "../keep-fact.ts";
import { renderText } from "../objects/render-text.ts";
import type { TaskContext } from "../run-context.ts";

/**
 * Runs a command in the pods of the task, one after the other, and keeps what it prints as a fact; with `record`, does a one-time act at most once, as far as that can be
 * told from outside a pod: what was begun and not seen to end is begun again with the same token, and the command hears so.
 * A task that is tried again asks every pod again: its answers are of one time.
 */
export async function execTask(task: ExecTask, ctx: TaskContext): Promise<void> {
  const { record } = task;
  if (record === undefined) await ask(task, ctx);
  else await doOnce({ ...task, record }, ctx);
}

async function ask(task: ExecTask, ctx: TaskContext): Promise<void> {
  const pods = await findPods(task, ctx);
  await announce(pods, ctx);
  await keepFact(task.name, (await answers(task, pods, ctx)) ?? notEvaluated(task, ctx), ctx);
}

async function doOnce(task: RecordingTask, ctx: TaskContext): Promise<void> {
  const ref = recordRef(task, ctx);
  const earlier = await doneAct(task, ref, ctx);
  if (earlier !== undefined) return await keepFact(task.name, earlier.fact, ctx);
  const pods = await findPods(task, ctx);
  await announce(pods, ctx, ref);
  const act = await beginAct(task, ref, ctx);
  if (act.kind === "done") return await keepFact(task.name, act.fact, ctx);
  const fact = await answers(task, pods, ctx, act);
  if (fact === undefined) return await keepFact(task.name, notEvaluated(task, ctx), ctx);
  refuseLarge(task.name, fact, ctx);
  await keepFact(task.name, await finishAct(task, ref, act, fact, ctx), ctx);
}

async function announce(
  pods: readonly PodToAsk[],
  ctx: TaskContext,
  record?: ObjectRef,
): Promise<void> {
  await ctx.announce(
    "exec",
    pods.map(({ ref }) => ref),
    record,
  );
}

/** What the pods answered, as a fact; undefined when the cluster is simulated and no answer is known. */
async function answers(
  task: ExecTask,
  pods: readonly PodToAsk[],
  ctx: TaskContext,
  act?: BegunAct,
): Promise<Json | undefined> {
  const all: { readonly pod: PodToAsk; readonly lines: readonly JsonMap[] }[] = [];
  for (const pod of pods) {
    const lines = await runCommand(pod, await commandOf(task, ctx, act), ctx);
    if (lines === undefined) return undefined;
    all.push({ pod, lines });
  }
  if (task.forEach === undefined) return all[0]?.lines.at(-1) ?? {};
  return all.flatMap(({ pod: { ref, ordinal }, lines }) =>
    lines.map((line) => ({ ...line, pod: ref.name, ordinal })),
  );
}

async function commandOf(
  task: ExecTask,
  ctx: TaskContext,
  act: BegunAct | undefined,
): Promise<PodCommand> {
  const record = act && { state: act.state, token: act.token };
  const text = (template: string, what: string): string =>
    renderText(template, `${what} of task ${task.name}`, ctx.inputs, ctx.path, record);
  const secrets = await secretInput(task, ctx);
  const stdin = task.stdin === undefined ? undefined : text(task.stdin, "the input");
  const given = secrets?.stdin ?? stdin;
  return {
    command: task.command.map((word) => text(word, "the command")),
    masked: secrets?.masked ?? ((plain) => plain),
    ...(given !== undefined && { stdin: given }),
    ...(task.timeout !== undefined && { timeout: task.timeout }),
  };
}

/** Nobody pretends that a command ran which did not. */
function notEvaluated({ name }: ExecTask, { emit }: TaskContext): null {
  emit({ type: "warning", message: `task ${name}: not evaluated (simulated)` });
  return null;
}
