import { onAbort } from "./on-abort.ts";

/** Waits. Rejects with the signal's reason when it aborts, at once if it has. Leaves no timer behind. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const release = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
    const timer = setTimeout(() => {
      release();
      resolve();
    }, milliseconds);
  });
}
