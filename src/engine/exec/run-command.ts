import { ClusterError, type ExecResult } from "../../model/cluster.ts";
import type { JsonMap } from "../../model/json.ts";
import type { Acting } from "../run-context.ts";
import { callOptions, mayWrite, type TaskContext } from "../run-context.ts";
import { Halted, TaskFailure, TaskTrouble } from "../task-stop.ts";
import { timedOut } from "../until-settled.ts";
import { identityOf, type PodToAsk } from "./pods-to-ask.ts";
import { readOutput } from "./read-output.ts";

/** A command for one pod, everything filled in. */
export interface PodCommand {
  readonly command: readonly string[];
  readonly stdin?: string;
  /** Milliseconds; the rest of the step's time when absent. */
  readonly timeout?: number;
  /** A text of the command without what must not be shown. */
  readonly masked: (text: string) => string;
}

/** EX_TEMPFAIL of sysexits.h: it may go right later. */
const TRY_AGAIN = 75;
/** Milliseconds between two tries that a command asked for, at most. */
const ASK_AGAIN = 5000;
/** 128 and the number of the signal (SIGKILL, SIGTERM): what a command ends with when its container does. */
const KILLED: readonly number[] = [137, 143];
/** Milliseconds between two looks whether a container has ended, and how many: a kubelet tells so a moment later. */
const LOOK = 1000;
const LOOKS = 3;
/** What the embedded cluster answers when the package does not say what a command does (exit code and standard error). */
const NOTHING_RUNS = /^simulated: no container runs/;
/** Lines and letters of each that are shown of standard error. */
const LINES = 5;
const LETTERS = 300;
/** Milliseconds between two signs of life, and between two that are told. */
const TICK = 1000;
const TELL = 10_000;

/**
 * Runs a command in a pod and gives what it printed; undefined when the cluster is simulated and no answer is known. A running command counts as activity. When the run is
 * told to stop it is waited for no longer, and may go on in its pod. Every answer counts as activity: a command that asks to be tried again is, until the step's time is over. Throws `TaskTrouble` for exit code 75 and for a container that went away, `TaskFailure` for
 * any other, `Halted`, ClusterError, and a timed-out `TaskFailure` when the step's time is over.
 */
export async function runCommand(
  pod: PodToAsk,
  what: PodCommand,
  ctx: TaskContext,
): Promise<readonly JsonMap[] | undefined> {
  const where = `the command in Pod ${pod.ref.name}`;
  mayWrite(ctx);
  const deadline = Math.min(what.timeout ?? Number.POSITIVE_INFINITY, ctx.watchdog.left());
  if (deadline <= 0) throw timedOut(ctx.watchdog.expired(where) ?? `no time is left for ${where}`);
  const result = await whileTelling(pod, ctx, () => started(pod, what, deadline, ctx));
  const { exitCode, stdout, stderr } = result;
  ctx.watchdog.touch();
  if (exitCode === 0) return readOutput(what.masked(stdout), where);
  if (ctx.cluster.simulated && exitCode === 126 && NOTHING_RUNS.test(stderr)) return undefined;
  if (KILLED.includes(exitCode) && (await hasEnded(pod, ctx)))
    throw new TaskTrouble(
      `container ${pod.container} of Pod ${pod.ref.name} ended while the command ran`,
    );
  const words = lastLines(what.masked(stderr));
  if (exitCode === TRY_AGAIN)
    throw new TaskTrouble(
      `${where} asks to be tried again${words.length > 0 ? `: ${words.at(-1)}` : ""}`,
      ASK_AGAIN,
    );
  throw new TaskFailure(`${where} ended with exit code ${exitCode}${below(words)}`, {
    result: "failed",
    ref: pod.ref,
  });
}

async function started(
  { ref, container }: PodToAsk,
  { command, stdin }: PodCommand,
  deadline: number,
  ctx: TaskContext,
): Promise<ExecResult> {
  try {
    return await ctx.cluster.exec(ref, {
      container,
      command,
      deadline,
      signal: AbortSignal.any([ctx.fence.lost, ctx.halt]),
      ...(stdin !== undefined && { stdin }),
    });
  } catch (error) {
    if (ctx.halt.aborted && !ctx.fence.lost.aborted) throw new Halted("told to stop");
    if (error instanceof ClusterError && isGone(error)) throw new TaskTrouble(error.message);
    throw error;
  }
}

/** The container went away since it was looked at, or its node does not answer. */
function isGone({ kind, message }: ClusterError): boolean {
  const inWords =
    /container not found|not running|stopped state|unable to upgrade connection|dialing backend|cannot exec in/i;
  return kind === "not-found" || (kind !== "forbidden" && inWords.test(message));
}

/** Whether the container is another one by now, or none: then the command did not fail, it was taken away. */
async function hasEnded(
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

/** Counts as activity, and shows every ten seconds how long it has been running. */
async function whileTelling<T>(
  { ref }: PodToAsk,
  { clock, watchdog, emit, path }: Acting,
  work: () => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const tell = async (): Promise<void> => {
    for (let ms = TICK; ; ms += TICK) {
      await clock.sleep(TICK, ended.signal);
      watchdog.touch();
      if (ms % TELL !== 0) continue;
      const marker = String(ms);
      const message = `running a command for ${ms / 1000} s`;
      emit({ type: "object-health", path, ref, health: { state: "progressing", message, marker } });
    }
  };
  // Its only end is to be told that the command has ended.
  const telling = tell().catch(() => undefined);
  try {
    return await work();
  } finally {
    ended.abort();
    await telling;
  }
}

function lastLines(stderr: string): readonly string[] {
  return stderr
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-LINES)
    .map((line) => (line.length > LETTERS ? `${line.slice(0, LETTERS)}…` : line));
}

function below(lines: readonly string[]): string {
  if (lines.length === 0) return ", and wrote nothing to standard error";
  return lines.length === 1 ? `: ${lines[0]}` : `:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
