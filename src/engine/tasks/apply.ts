import { type KubeObject, refKey, refOf } from "../../model/kube-object.ts";
import type { ApplyTask } from "../../model/task.ts";
import { appliedInstance, isDriven } from "../children/applied-instance.ts";
import { driveWanted } from "../children/drive-wanted.ts";
import { onceAll } from "../children/once-all.ts";
import { isFinishedAndGone, noteFinished } from "../objects/finished-jobs.ts";
import { materializeLive } from "../objects/materialize-live.ts";
import { renderText } from "../objects/render-text.ts";
import { waitHealthy } from "../objects/wait-healthy.ts";
import { type WrittenObject, writeObject } from "../objects/write-object.ts";
import { checkKey } from "../preview/preview-cache.ts";
import { rollOut } from "../rollout/rollout.ts";
import { callOptions, refsText, type TaskContext } from "../run-context.ts";
import { TaskFailure } from "../steps/task-stop.ts";
import { together } from "../steps/together.ts";

/** Kinds that other objects of the same task may need to exist and be usable. */
const GROUNDWORK: readonly string[] = ["Namespace", "CustomResourceDefinition"];

/** Kinds that make pods and keep them. */
const WORKLOADS: readonly string[] = ["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet"];

/** Kinds whose neighbours of the same kind may be written at the same time: none of them acts on another. */
const UNORDERED: readonly string[] = [
  "ConfigMap",
  "Secret",
  "Service",
  "ServiceAccount",
  "Role",
  "ClusterRole",
  "RoleBinding",
  "ClusterRoleBinding",
  "PodDisruptionBudget",
];

/** Renders the templates, puts the objects in place in listed order, and waits until they are healthy. */
export async function applyTask(task: ApplyTask, ctx: TaskContext): Promise<void> {
  const lookup = { ...ctx, options: callOptions(ctx) };
  const { objects, notServed } = await materializeLive(ctx.inputs, ctx.path, task, lookup);
  if (notServed[0] !== undefined) throw notServed[0].error;
  const needed = objects.filter((object) => isToBeNoted(object, ctx));
  const announce = (): Promise<void> => ctx.announce("apply", objects.map(refOf));
  if (needed.length > 0) await announce();
  else await ctx.announce("apply", []);
  const isGroundwork = (object: KubeObject): boolean => GROUNDWORK.includes(object.kind);
  await waitHealthy(await writeAll(objects.filter(isGroundwork), ctx, announce), ctx);
  const rolled = rolledOut(objects, ctx);
  const driven = objects.filter((object) => isDriven(object, ctx.inputs));
  const others = [...rolled, ...driven];
  const rest = objects.filter((object) => !isGroundwork(object) && !others.includes(object));
  const written = await writeAll(rest, ctx, announce);
  for (const object of rolled) written.push(await rollOut(object, ctx, announce));
  if (driven.length > 0) await driveAll(driven, ctx);
  ctx.placed?.();
  await waitHealthy(written, { ...ctx, finished: (job) => noteFinished(job, objects, ctx) });
}

/** Instances of other packages: all are under way before anything else of the step begins, and complete before this one goes on. */
async function driveAll(objects: readonly KubeObject[], ctx: TaskContext): Promise<void> {
  // What is put right are objects; an instance puts its own right.
  if (ctx.inputs.only !== undefined) return;
  const each = onceAll(objects.length, () => ctx.placed?.());
  await together(objects, ctx.halt, (object, halt) =>
    driveWanted(appliedInstance(object, ctx.inputs), { ...ctx, halt }, each()),
  );
}

/** What the step changes pod by pod: it comes last, for its pods may need the others. Throws `TaskFailure` when it cannot be told which that is. */
function rolledOut(
  objects: readonly KubeObject[],
  { step, inputs, path }: TaskContext,
): KubeObject[] {
  if (step.rollout === undefined) return [];
  const { statefulSet } = step.rollout;
  const workloads = objects.filter(({ kind }) => WORKLOADS.includes(kind));
  if (statefulSet !== undefined) {
    const name = renderText(statefulSet, "the name in rollout", inputs, path);
    return workloads.filter(({ metadata }) => metadata.name === name);
  }
  const sets = workloads.filter(({ kind }) => kind === "StatefulSet");
  if (sets.length > 1)
    throw new TaskFailure(
      `the step applies ${refsText(sets.map(refOf))}: say with \`rollout: {statefulSet: NAME}\` which of them`,
    );
  return sets.length === 0 && step.tasks.length === 1 ? workloads : sets;
}

/** An object that is on record already and will not be written needs no announcement. */
function isToBeNoted(object: KubeObject, ctx: TaskContext): boolean {
  const check = ctx.checked.get(checkKey(ctx.path, object));
  return check?.change !== "unchanged" || !ctx.inventory.has(refKey(refOf(object)));
}

async function writeAll(
  objects: readonly KubeObject[],
  ctx: TaskContext,
  announce: () => Promise<void>,
): Promise<WrittenObject[]> {
  const written: WrittenObject[] = [];
  for (const batch of batches(objects)) {
    written.push(
      ...(
        await together(batch, ctx.halt, (object, halt) =>
          ctx.requests(() => writeUnlessDone(object, { ...ctx, halt }, announce)),
        )
      ).filter((one) => one !== undefined),
    );
  }
  for (const { object } of written)
    if (object.kind === "StatefulSet") ctx.shared.sets.set(refKey(refOf(object)), object);
  return written;
}

/** Undefined for a Job that has done its work and is gone: there is nothing to wait for. */
async function writeUnlessDone(
  object: KubeObject,
  ctx: TaskContext,
  announce: () => Promise<void>,
): Promise<WrittenObject | undefined> {
  if (!(await isFinishedAndGone(object, ctx))) return await writeObject(object, ctx, announce);
  ctx.emit({ type: "object-written", path: ctx.path, ref: refOf(object), change: "unchanged" });
  return undefined;
}

/** Neighbours of one unordered kind together, every other object by itself; in listed order. */
export function batches(objects: readonly KubeObject[]): KubeObject[][] {
  const all: KubeObject[][] = [];
  const named = new Set<string>();
  for (const object of objects) {
    const batch = all.at(-1);
    const key = refKey(refOf(object));
    if (batch?.[0]?.kind === object.kind && UNORDERED.includes(object.kind) && !named.has(key))
      batch.push(object);
    else all.push([object]);
    named.add(key);
  }
  return all;
}
