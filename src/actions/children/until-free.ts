import { KplanError } from "../../model/kplan-error.ts";
import type { ActionContext } from "../context.ts";

/** Milliseconds between two tries. */
const LOOK_MS = 1000;

/**
 * Does something to an instance, again and again while somebody else drives it. What it waits for is told when it changes. Throws what `act` throws, but for `busy` KplanErrors
 * as long as nobody says stop.
 */
export async function untilFree<T>(ctx: ActionContext, act: () => Promise<T>): Promise<T> {
  let told = "";
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const isBusy = error instanceof KplanError && error.kind === "busy";
      if (!isBusy || ctx.stop.aborted) throw error;
      const message = `waiting: ${error.message}`;
      if (message !== told) ctx.emit({ type: "waiting", message });
      told = message;
      await ctx.clock.sleep(LOOK_MS, ctx.stop).catch(() => undefined);
    }
  }
}
