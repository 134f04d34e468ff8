import { ClusterError } from "../../model/cluster.ts";
import { formatIssue } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { randomFraction } from "../../model/random.ts";
import type { Acting, RunContext } from "../run-context.ts";
import { ChangedBySomebody, Halted, TaskFailure, TaskTrouble } from "../steps/task-stop.ts";
import { timedOut } from "../steps/until-settled.ts";
import { kindKey } from "./materialize-live.ts";
import { createPatienceLog, type PatienceLog, patienceWith } from "./patience.ts";
import { timeText } from "./watchdog.ts";
import { withWebhookHome } from "./webhook-home.ts";

/** Milliseconds before the first repetition and the longest pause. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** Between two looks at a lease that has nearly run out. */
const LEASE_PAUSE = 500;

/** What trying needs. */
export type Trying = Acting & Pick<RunContext, "definedKinds">;

/**
 * Does a piece of a task, again and again while what goes wrong may mend itself, with growing pauses, until the patience with its cause (`patienceWith`) or the step's
 * time is over.
 * `trouble` hears why it is tried again. Throws `TaskFailure` (the errors of cluster and templates among them), `Halted`, a KplanError `lease-lost`, and bugs.
 */
export async function keepTrying(
  ctx: Trying,
  work: () => Promise<void>,
  trouble: (message: string) => void,
): Promise<void> {
  const log = createPatienceLog();
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (ctx.fence.lost.aborted) throw leaseLost(ctx.fence.lost, error);
      if (error instanceof Halted || ctx.halt.aborted) throw new Halted("told to stop");
      if (error instanceof KplanError && error.code === "lease-lost") {
        // It is not lost yet: either it is renewed in time, or it soon is.
        await sleep(LEASE_PAUSE, error.message, ctx);
        continue;
      }
      const left = patienceLeft(error, log, ctx);
      if (left === undefined || !(error instanceof Error)) throw await failureOf(error, ctx);
      if (left.ms <= 0) throw await failureOf(error, ctx, left.borne);
      const most = error instanceof TaskTrouble ? error.longestPause : undefined;
      const inMs = Math.min(pause(failures, most ?? LONGEST_PAUSE), left.ms);
      trouble(error.message);
      ctx.emit({ type: "retry", path: ctx.path, message: error.message, inMs });
      await sleep(inMs, error.message, ctx);
    }
  }
}

/** Milliseconds for which the cause of an error is still borne, and for how long it has been; undefined for what no waiting mends. */
function patienceLeft(
  error: unknown,
  log: PatienceLog,
  { clock, definedKinds }: Trying,
): { readonly ms: number; readonly borne: number } | undefined {
  const ref = error instanceof ClusterError ? error.ref : undefined;
  const patience = patienceWith(error, ref !== undefined && definedKinds.has(kindKey(ref)));
  if (patience === undefined) return undefined;
  const borne = log.met(patience.cause, clock.monotonic());
  return { ms: patience.ms - borne, borne };
}

/** What stands in the way for good, as the end of the step; `borne`: for how long it was tried again. Throws nothing; hands back what is a bug. */
async function failureOf(error: unknown, { cluster }: Trying, borne?: number): Promise<unknown> {
  const still =
    borne === undefined ? "" : `; still so after ${timeText(Math.round(borne / 1000) * 1000)}`;
  if (error instanceof ClusterError) {
    const { message, ref, hint } = await withWebhookHome(error, cluster);
    return new TaskFailure(`${message}${still}`, {
      result: "failed",
      ...(ref && { ref }),
      ...(hint !== undefined && { hint }),
    });
  }
  if (error instanceof ChangedBySomebody) {
    const { message, ref, hint } = error;
    return new TaskFailure(`${message}${still}`, { result: "failed", ref, hint });
  }
  if (error instanceof KplanError && error.code !== "lease-lost") {
    const issues = error.issues.map((issue) => `\n  ${formatIssue(issue)}`).join("");
    return new TaskFailure(`${error.message}${issues}`, {
      result: "failed",
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
  return error;
}

/** The error that ends a run whose lease is lost: the one that was met, or the reason of the loss, if it says so. */
export function leaseLost(lost: AbortSignal, cause?: unknown): KplanError {
  for (const known of [cause, lost.reason as unknown])
    if (known instanceof KplanError && known.code === "lease-lost") return known;
  return new KplanError(
    "lease-lost",
    "the lease on the instance was lost: somebody else may be driving it now",
    {
      kind: "busy",
      hint: "`kplan plan status` shows who is; give the command again to go on",
      cause,
    },
  );
}

/** Milliseconds until the next try: twice as long each time, up to a limit, a fifth more or less so that many do not come at once. */
function pause(failures: number, longest: number): number {
  const steady = Math.min(longest, FIRST_PAUSE * 2 ** (failures - 1));
  return Math.round(steady * (0.8 + 0.4 * randomFraction()));
}

/** Sleeps, but not longer than the step may take. */
async function sleep(ms: number, message: string, ctx: Trying): Promise<void> {
  const left = ctx.watchdog.remaining();
  try {
    await ctx.clock.sleep(Math.min(ms, left), ctx.halt);
  } catch {
    if (ctx.fence.lost.aborted) throw leaseLost(ctx.fence.lost);
    throw new Halted("told to stop");
  }
  const expired = ctx.watchdog.expired("another try");
  if (expired !== undefined) throw timedOut(`${expired}; the last one: ${message}`);
}
