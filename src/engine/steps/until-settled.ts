import type { Bell } from "../bell.ts";
import type { Acting } from "../run-context.ts";
import { Halted, TaskFailure } from "./task-stop.ts";

/** Milliseconds between two looks while nothing rings: some limits pass without any event. */
const TICK = 1000;

/**
 * Judges at once, at each ring and each second, until there is a verdict. Throws `Halted` when the run was told to stop, and a timed-out `TaskFailure`
 * that says what `waitingFor` names.
 */
export async function untilSettled<T>(
  judge: () => T | undefined,
  waitingFor: () => string,
  bell: Bell,
  ctx: Pick<Acting, "halt" | "watchdog" | "fence">,
): Promise<T> {
  for (;;) {
    if (ctx.halt.aborted) throw new Halted("told to stop");
    const verdict = judge();
    if (verdict !== undefined) return verdict;
    const expired = ctx.watchdog.expired(waitingFor());
    if (expired !== undefined) throw timedOut(expired);
    await bell.wait(Math.min(TICK, Math.max(1, ctx.watchdog.remaining())), ctx.halt).catch(() => {
      throw new Halted("told to stop");
    });
  }
}

/** The failure of a step whose time is over. */
export function timedOut(message: string): TaskFailure {
  return new TaskFailure(message, {
    result: "timed-out",
    hint: "nothing was undone: give the same command again to go on, with a longer --step-timeout or --stall-timeout if it needs one",
  });
}
