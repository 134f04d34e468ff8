import { KplanError } from "../../model/kplan-error.ts";
import type { ActionContext } from "../context.ts";

/** Milliseconds between two tries. */
const LOOK_MS = 1000;

/**
 * Does something to an instance, again and again while somebody else drives it, for as long as a step may take. What it waits for is told when it changes. Throws what `act`
 * throws, but for `busy` KplanErrors, which become a `timed-out` one when they do not end.
 */
export async function untilFree<T>(ctx: ActionContext, act: () => Promise<T>): Promise<T> {
  const until = ctx.clock.monotonic() + ctx.limits.step;
  let told = "";
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const isBusy = error instanceof KplanError && error.kind === "busy";
      if (!isBusy || ctx.stop.aborted) throw error;
      const message = `waiting: ${error.message}`;
      if (ctx.clock.monotonic() >= until)
        throw new KplanError("busy-child", `timed out ${message}`, {
          kind: "timed-out",
          cause: error,
        });
      if (message !== told) ctx.emit({ type: "waiting", message });
      told = message;
      await ctx.clock.sleep(LOOK_MS, ctx.stop).catch(() => undefined);
    }
  }
}
