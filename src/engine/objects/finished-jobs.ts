import { createHash } from "node:crypto";
import type { Cluster } from "../../model/cluster.ts";
import type { RunRecorder, WriteFence } from "../../model/driver.ts";
import { canonicalJson } from "../../model/json.ts";
import { type KubeObject, type ObjectRef, refKey, refOf } from "../../model/kube-object.ts";
import { type FinishedJob, pathText, type RunPath } from "../../model/run.ts";

/** Digests of Jobs that have done their work in this run, by place and object. */
export type FinishedJobs = Map<string, string>;

/** Where it is kept, and whose task it is. */
interface Remembering {
  readonly finishedJobs: FinishedJobs;
  readonly path: RunPath;
  readonly recorder: Pick<RunRecorder, "finished">;
  readonly cluster: Pick<Cluster, "get">;
  readonly fence: Pick<WriteFence, "lost">;
}

/** What a run knows when it begins or goes on. */
export function createFinishedJobs(before: readonly FinishedJob[] = []): FinishedJobs {
  return new Map(before.map(({ path, ref, digest }) => [keyOf(path, ref), digest]));
}

/** Whether an object is a Job that this run has seen to its end for a task before. */
export function hasFinished(
  object: KubeObject,
  path: RunPath,
  before: readonly FinishedJob[] = [],
): boolean {
  if (object.kind !== "Job" || before.length === 0) return false;
  return createFinishedJobs(before).get(keyOf(path, refOf(object))) === digestOf(object);
}

/** Notes that a Job of a task has done its work; `applied`: all that the task applies. */
export function noteFinished(
  job: KubeObject,
  applied: readonly KubeObject[],
  { finishedJobs, recorder, path }: Remembering,
): void {
  const ref = refOf(job);
  const object = applied.find((one) => refKey(refOf(one)) === refKey(ref));
  if (object === undefined) return;
  const digest = digestOf(object);
  const key = keyOf(path, ref);
  if (finishedJobs.get(key) === digest) return;
  finishedJobs.set(key, digest);
  recorder.finished?.({ ref, path, digest });
}

/** Whether an object is a Job that has done its work for this task and is gone since: making it again would do the work twice. Throws ClusterError. */
export async function isFinishedAndGone(object: KubeObject, ctx: Remembering): Promise<boolean> {
  if (object.kind !== "Job") return false;
  const ref = refOf(object);
  if (ctx.finishedJobs.get(keyOf(ctx.path, ref)) !== digestOf(object)) return false;
  return (await ctx.cluster.get(ref, { signal: ctx.fence.lost })) === undefined;
}

function keyOf(path: RunPath, ref: ObjectRef): string {
  return `${pathText(path)} ${refKey(ref)}`;
}

function digestOf(object: KubeObject): string {
  return createHash("sha256").update(canonicalJson(object)).digest("hex");
}
