import { ClusterError } from "../../model/cluster.ts";
import { callOptions, type TaskContext } from "../run-context.ts";
import { Halted, TaskTrouble } from "../steps/task-stop.ts";
import { identityOf, type PodToAsk, runningIdentity } from "./pods-to-ask.ts";

/** Milliseconds between two looks whether a container has ended, and how many: a kubelet tells so a moment later. */
const LOOK = 1000;
const LOOKS = 3;
/** Milliseconds between two signs of life, and between two that are told. */
const TICK = 1000;
const TELL = 10_000;

/**
 * Does `work`, a command in a pod: counts as activity all the while, and shows every ten seconds how long it has been running. Looks then whether the container is still
 * there, and aborts `gone` with a `TaskTrouble` when it is not: the connection to a node that died breaks only long after.
 */
export async function whileRunning<T>(
  pod: PodToAsk,
  ctx: TaskContext,
  work: (gone: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, watchdog, emit, path } = ctx;
  const ended = new AbortController();
  const gone = new AbortController();
  const tell = async (): Promise<void> => {
    for (let ms = TICK; ; ms += TICK) {
      await clock.sleep(TICK, ended.signal);
      watchdog.touch();
      if (ms % TELL !== 0) continue;
      const message = `running a command for ${ms / 1000} s`;
      const health = { state: "progressing", message, marker: String(ms) } as const;
      emit({ type: "object-health", path, ref: pod.ref, health });
      if (await isGone(pod, ctx, ended.signal)) return gone.abort(containerEnded(pod));
    }
  };
  // Its only other end is to be told that the command has ended.
  const telling = tell().catch(() => undefined);
  try {
    return await work(gone.signal);
  } finally {
    ended.abort();
    await telling;
  }
}

/** Why a command is tried again whose container ended before it. */
export function containerEnded({ ref, container }: PodToAsk): TaskTrouble {
  return new TaskTrouble(`container ${container} of Pod ${ref.name} ended while the command ran`);
}

/** Whether the server says so; one that does not answer says nothing. A pod on its way out may let a command end first. */
async function isGone(
  { ref, container, identity }: PodToAsk,
  { cluster }: TaskContext,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const pod = await cluster.get(ref, { signal });
    return pod === undefined || runningIdentity(pod, container) !== identity;
  } catch (error) {
    if (error instanceof ClusterError) return false;
    throw error;
  }
}

/** Whether the container is another one by now, or none: then the command did not fail, it was taken away. */
export async function hasEnded(
  { ref, container, identity }: PodToAsk,
  ctx: TaskContext,
): Promise<boolean> {
  for (let look = 1; ; look++) {
    const pod = await ctx.cluster.get(ref, callOptions(ctx));
    if (pod === undefined || identityOf(pod, container) !== identity) return true;
    if (look === LOOKS) return false;
    await ctx.clock.sleep(LOOK, ctx.halt).catch(() => {
      throw new Halted("told to stop");
    });
  }
}
