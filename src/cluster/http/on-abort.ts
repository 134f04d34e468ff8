import { setMaxListeners } from "node:events";

/**
 * Calls back when a signal aborts. The answer takes the callback off again and must be called, or a long-lived signal gathers dead callbacks.
 * Many calls at once may share one signal, so node's warning about many listeners is switched off for it.
 */
export function onAbort(signal: AbortSignal, then: () => void): () => void {
  setMaxListeners(0, signal);
  signal.addEventListener("abort", then, { once: true });
  return () => signal.removeEventListener("abort", then);
}
