import type { ObjectRef } from "../../model/kube-object.ts";
import type { PodToAsk } from "../exec/pods-to-ask.ts";
import { runInPod } from "../exec/run-command.ts";
import type { TaskContext } from "../run-context.ts";
import { TaskFailure, TaskTrouble } from "../steps/task-stop.ts";
import { readTar } from "./read-tar.ts";

/** Bytes of a file that are kept, at most: what a Secret or ConfigMap can hold. */
export const MOST = 1_048_576;

/**
 * Fetches a file of a pod, with nothing but `stat` and `tar` in it, as KUDO does. Throws `TaskFailure` for one that is not there, is no file or is larger than 1 MiB, and on a
 * simulated cluster that does not know what it holds; `TaskTrouble` when it changed meanwhile or the pod went away, and what `runInPod` throws.
 */
export async function fetchFile(
  pod: PodToAsk,
  path: string,
  ctx: TaskContext,
): Promise<Uint8Array> {
  const size = Number(Buffer.from(await output(pod, ["stat", "-c", "%s", path], ctx)).toString());
  const what = `${path} of Pod ${pod.ref.name}`;
  if (!Number.isInteger(size)) throw failure(`the size of ${what} is not known`, pod.ref);
  if (size > MOST)
    throw failure(
      `${what} has ${size} bytes, and no more than ${MOST} (1 MiB) can be kept`,
      pod.ref,
    );
  const found = readTar(await output(pod, ["tar", "cf", "-", path], ctx));
  switch (found.kind) {
    case "directory":
      throw failure(`${what} is a directory, not a file`, pod.ref);
    case "link":
      throw failure(`${what} is a link, not a file`, pod.ref);
    case "none":
      throw failure(`tar says nothing of ${what}`, pod.ref);
    case "broken-off":
      throw new TaskTrouble(`what tar says of ${what} breaks off`);
    case "file":
      if (found.bytes.length === size) return found.bytes;
      throw new TaskTrouble(`${what} changed while it was fetched`);
  }
}

async function output(
  pod: PodToAsk,
  command: readonly string[],
  ctx: TaskContext,
): Promise<Uint8Array> {
  const result = await runInPod(pod, { command, binary: true, masked: (text) => text }, ctx);
  if (result !== undefined) return result.bytes ?? Buffer.from(result.stdout);
  throw new TaskFailure(
    `simulated: no container runs, so nobody knows what ${command.at(-1) ?? ""} of Pod ${pod.ref.name} holds`,
    { result: "failed", ref: pod.ref, hint: "say it under `files` in tests/simulate.yaml" },
  );
}

function failure(message: string, ref: ObjectRef): TaskFailure {
  return new TaskFailure(message, { result: "failed", ref });
}
