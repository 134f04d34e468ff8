import { ClusterError, type ExecResult } from "../../model/cluster.ts";
import type { JsonMap } from "../../model/json.ts";
import { mayWrite, type TaskContext } from "../run-context.ts";
import { Halted, TaskFailure, TaskTrouble } from "../steps/task-stop.ts";
import { timedOut } from "../steps/until-settled.ts";
import { nothingRuns } from "./nothing-runs.ts";
import type { PodToAsk } from "./pods-to-ask.ts";
import { readOutput } from "./read-output.ts";
import { containerEnded, hasEnded, whileRunning } from "./while-running.ts";

/** A command for one pod, everything filled in. */
export interface PodCommand {
  readonly command: readonly string[];
  readonly stdin?: string;
  /** Milliseconds; the rest of the step's time when absent. */
  readonly timeout?: number;
  /** What it prints is no text: `bytes` of the result are asked for. */
  readonly binary?: true;
  /** A text of the command without what must not be shown. */
  readonly masked: (text: string) => string;
}

/** EX_TEMPFAIL of sysexits.h: it may go right later. */
const TRY_AGAIN = 75;
/** Milliseconds between two tries that a command asked for, at most. */
const ASK_AGAIN = 5000;
/** 128 and the number of the signal (SIGKILL, SIGTERM): what a command ends with when its container does. */
const KILLED: readonly number[] = [137, 143];
/** Lines and letters of each that are shown of standard error. */
const LINES = 5;
const LETTERS = 300;

/** What a command in a pod printed, a JSON object a line. Everything else is as `runInPod` has it. */
export async function runCommand(
  pod: PodToAsk,
  what: PodCommand,
  ctx: TaskContext,
): Promise<readonly JsonMap[] | undefined> {
  const result = await runInPod(pod, what, ctx);
  return result && readOutput(what.masked(result.stdout), whereIn(pod));
}

/**
 * Runs a command in a pod and gives what it printed; undefined when the cluster is simulated and no answer is known. A running command counts as activity, and so does every
 * answer: one that asks to be tried again is, until the step's time is over. When the run is told to stop it is waited for no longer, and may go on in its pod.
 * Throws `TaskTrouble` for exit code 75 and for a container that went away, `TaskFailure` for any other code, `Halted`, ClusterError, and a timed-out `TaskFailure` when the
 * step's time is over.
 */
export async function runInPod(
  pod: PodToAsk,
  what: PodCommand,
  ctx: TaskContext,
): Promise<ExecResult | undefined> {
  const where = whereIn(pod);
  await ctx.fence.confirm?.();
  mayWrite(ctx);
  const deadline = Math.min(what.timeout ?? Number.POSITIVE_INFINITY, ctx.watchdog.left());
  if (deadline <= 0) throw timedOut(ctx.watchdog.expired(where) ?? `no time is left for ${where}`);
  const result = await whileRunning(pod, ctx, (gone) =>
    started(pod, what, { deadline, gone }, ctx),
  );
  const { exitCode, stderr } = result;
  ctx.watchdog.touch();
  if (exitCode === 0) return result;
  if (nothingRuns(ctx.cluster, result)) return undefined;
  if (KILLED.includes(exitCode) && (await hasEnded(pod, ctx))) throw containerEnded(pod);
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
  { command, stdin, binary }: PodCommand,
  { deadline, gone }: { readonly deadline: number; readonly gone: AbortSignal },
  ctx: TaskContext,
): Promise<ExecResult> {
  try {
    return await ctx.cluster.exec(ref, {
      container,
      command,
      deadline,
      signal: AbortSignal.any([ctx.fence.lost, ctx.halt, gone]),
      ...(stdin !== undefined && { stdin }),
      ...(binary && { binary }),
    });
  } catch (error) {
    if (ctx.halt.aborted && !ctx.fence.lost.aborted) throw new Halted("told to stop");
    if (gone.aborted) throw gone.reason;
    if (error instanceof ClusterError && isGone(error)) throw new TaskTrouble(error.message);
    throw error;
  }
}

function whereIn({ ref }: PodToAsk): string {
  return `the command in Pod ${ref.name}`;
}

/** The container went away since it was looked at, or its node does not answer. */
function isGone({ kind, message }: ClusterError): boolean {
  const inWords =
    /container not found|not running|stopped state|unable to upgrade connection|dialing backend|cannot exec in/i;
  return kind === "not-found" || (kind !== "forbidden" && inWords.test(message));
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
