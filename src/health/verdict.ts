import type { Failed, Progressing, Ready } from "../model/health.ts";
import type { ObjectRef } from "../model/kube-object.ts";

/** It is as its spec says. */
export function ready(message?: string): Ready {
  return message === undefined ? { state: "ready" } : { state: "ready", message };
}

/** It is on its way; `signs` are all that would change with any progress. */
export function progressing(message: string, ...signs: readonly unknown[]): Progressing {
  return { state: "progressing", message: sentence(message), marker: JSON.stringify(signs) };
}

/** It cannot get there without help. */
export function failed(
  reason: string,
  message: string,
  more: {
    readonly hint?: string | undefined;
    readonly culprit?: { readonly pod: ObjectRef; readonly container: string } | undefined;
  } = {},
): Failed {
  return {
    state: "failed",
    reason,
    message: sentence(message),
    ...(more.hint === undefined ? {} : { hint: more.hint }),
    ...(more.culprit === undefined ? {} : { culprit: more.culprit }),
  };
}

/** One line of bounded length, whatever a registry or a scheduler wrote. */
export function sentence(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

const LONGEST = 400;
