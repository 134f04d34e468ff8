import { isMap } from "../../model/json.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";
import type { PipeFile, PipeTask } from "../../model/task.ts";
import { WAITER } from "../../render/pipe-pod.ts";
import { type PodToAsk, runningIdentity } from "../exec/pods-to-ask.ts";
import { deleteObjects } from "../objects/delete-objects.ts";
import { enhanceTask } from "../objects/materialize.ts";
import { materializeLive } from "../objects/materialize-live.ts";
import { refuseOtherInstance } from "../objects/other-instance.ts";
import { waitHealthy } from "../objects/wait-healthy.ts";
import { type WrittenObject, writeObject } from "../objects/write-object.ts";
import { artifactOf, filledArtifact } from "../pipe/artifact.ts";
import { fetchFile } from "../pipe/fetch-file.ts";
import { callOptions, mayWrite, type TaskContext } from "../run-context.ts";
import { TaskFailure, TaskTrouble } from "../steps/task-stop.ts";
import { together } from "../steps/together.ts";

/**
 * Runs a pod until its files are written, keeps them as Secrets and ConfigMaps, and deletes the pod (compat section 5.1). What a run has made it does not make again: killed
 * at any time, it goes on with the pod that it finds, and where all artifacts are there nothing is run a second time.
 */
export async function pipeTask(task: PipeTask, ctx: TaskContext): Promise<void> {
  const lookup = { ...ctx, options: callOptions(ctx) };
  const [pod] = (await materializeLive(ctx.inputs, ctx.path, task, lookup)).objects;
  // The fix of a drift is not about the pod, and an artifact is not made again.
  if (pod === undefined) return await ctx.announce("apply", []);
  const artifacts = task.pipe.map((file) => ({ file, bare: enhanced(file, ctx) }));
  const announce = (): Promise<void> =>
    ctx.announce("apply", [refOf(pod), ...artifacts.map(({ bare }) => refOf(bare))]);
  await announce();
  if (await areMade(artifacts, ctx)) {
    ctx.placed?.();
    for (const { bare } of artifacts) tellUnchanged(bare, ctx);
  } else {
    const written = await putPod(pod, ctx, announce);
    ctx.placed?.();
    await waitHealthy([written], ctx);
    const live = await runningPod(pod, ctx);
    const filled = await together(artifacts, ctx.halt, async ({ file, bare }, halt) => {
      const bytes = await fetchFile(live, file.file || file.envFile || "", { ...ctx, halt });
      return fill(bare, file, bytes);
    });
    for (const artifact of filled) await writeObject(artifact, ctx, announce);
  }
  await removePod(pod, ctx);
}

/** An artifact with all but what it holds. */
function enhanced(file: PipeFile, { inputs, path }: TaskContext): KubeObject {
  const bare = artifactOf(inputs.instance.name, path, file);
  const lookup = { isNamespaced: () => true, dependency: () => undefined };
  const [artifact] = enhanceTask(inputs, path, [bare], lookup);
  return artifact ?? bare;
}

function fill(bare: KubeObject, file: PipeFile, bytes: Uint8Array): KubeObject {
  const filled = filledArtifact(bare, file, bytes);
  if (!("wrong" in filled)) return filled;
  throw new TaskFailure(String(filled.wrong), { result: "failed", ref: refOf(bare) });
}

/** Whether this very run has made all of them: it was stopped after the last and before that was on record. */
async function areMade(
  artifacts: readonly { readonly bare: KubeObject }[],
  ctx: TaskContext,
): Promise<boolean> {
  const live = await Promise.all(
    artifacts.map(({ bare }) => ctx.cluster.get(refOf(bare), callOptions(ctx))),
  );
  return live.every((object) => isOfRun(object, ctx));
}

function isOfRun(object: KubeObject | undefined, { inputs }: TaskContext): boolean {
  if (object === undefined || object.metadata.deletionTimestamp !== undefined) return false;
  return object.metadata.annotations?.[ANNOTATION.planUid] === inputs.uid;
}

/** The pod of this run, which is left as it is: no pod can be changed; one that an earlier run has left goes first. */
async function putPod(
  pod: KubeObject,
  ctx: TaskContext,
  announce: () => Promise<void>,
): Promise<WrittenObject> {
  const ref = refOf(pod);
  const live = await ctx.cluster.get(ref, callOptions(ctx));
  if (live !== undefined && isOfRun(live, ctx) && !hasEnded(live)) {
    tellUnchanged(live, ctx);
    return { object: live, change: "unchanged" };
  }
  if (live !== undefined) {
    const { placed: _, ...own } = ctx;
    await deleteObjects([ref], own, {
      before: () => Promise.resolve(),
      ours: (found) => {
        refuseOtherInstance(found, ctx.inputs.instance, ctx);
        return true;
      },
    });
  }
  return await writeObject(pod, ctx, announce);
}

function hasEnded({ status }: KubeObject): boolean {
  return isMap(status) && (status.phase === "Succeeded" || status.phase === "Failed");
}

/** The pod as it is now. Throws `TaskTrouble` when its container does not run: the pod is made anew. */
async function runningPod(pod: KubeObject, ctx: TaskContext): Promise<PodToAsk> {
  const ref = refOf(pod);
  const live = await ctx.cluster.get(ref, callOptions(ctx));
  const identity = live && runningIdentity(live, WAITER);
  if (identity === undefined)
    throw new TaskTrouble(`Pod ${ref.name} ended before its files were fetched`);
  return { ref, ordinal: 0, container: WAITER, identity };
}

/** Not waited for, as in KUDO: it may take its time to end. */
async function removePod(pod: KubeObject, ctx: TaskContext): Promise<void> {
  const ref = refOf(pod);
  const live = await ctx.cluster.get(ref, callOptions(ctx));
  if (live !== undefined && isOfRun(live, ctx)) {
    mayWrite(ctx);
    const { uid } = live.metadata;
    await ctx.cluster.delete(ref, {
      propagation: "Foreground",
      ...(uid !== undefined && { uid }),
      ...callOptions(ctx),
    });
    ctx.emit({ type: "object-written", path: ctx.path, ref, change: "deleted" });
  }
  ctx.recorder.removed([ref]);
}

function tellUnchanged(object: KubeObject, { emit, path }: TaskContext): void {
  emit({ type: "object-written", path, ref: refOf(object), change: "unchanged" });
}
