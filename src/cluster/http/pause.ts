import type { Clock } from "../../model/clock.ts";
import { onAbort } from "./on-abort.ts";

/** Waits. Rejects with the signal's reason when it aborts, at once if it has. Leaves no timer behind. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  // A signal of its own: the shared one may have many listeners.
  const own = new AbortController();
  if (signal.aborted) return Promise.reject(signal.reason);
  const release = onAbort(signal, () => own.abort(signal.reason));
  return clock.sleep(milliseconds, own.signal).finally(release);
}
