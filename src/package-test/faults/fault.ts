import { isWrite, type RequestKind } from "./request-kind.ts";

/**
 * What may happen to one request of a driver.
 *
 * - `kill-before`, `kill-after`: the driver's process ends just before the request is sent, or when the server has carried it out and before the answer comes.
 * - `status-…`: the server answers so and does nothing. `status-429` asks to wait 2 s; `status-409` is what a version of another time gets (of a create: the quota's own conflict).
 * - `no-answer`, `lost-answer`: half-open; no byte ever comes, without and with the request being carried out.
 * - `reset-before`, `reset-after`: the connection breaks, without and with the request being carried out.
 * - `server-away`: from this request on the server is away for 90 s: connections break, new ones are refused.
 * - `stale`: a list answers as it did the first time.
 * - `watch-…`: the stream breaks off with its first event, or ends at once; says nothing any more; says everything twice; says of two objects in the
 *   wrong order; says 410; says only bookmarks, and ends.
 */
export type FaultKind =
  | "kill-before"
  | "kill-after"
  | "status-409"
  | "status-410"
  | "status-422"
  | "status-429"
  | "status-500"
  | "status-503"
  | "no-answer"
  | "lost-answer"
  | "reset-before"
  | "reset-after"
  | "server-away"
  | "stale"
  | "watch-dropped"
  | "watch-closed"
  | "watch-silent"
  | "watch-twice"
  | "watch-reordered"
  | "watch-gone"
  | "watch-bookmarks";

/** A fault at the n-th request (from 0) that the drivers of one command send. */
export interface Fault {
  readonly at: number;
  readonly kind: FaultKind;
}

/** The faults that can happen to a request, beside the kills. */
export function faultsOf(request: RequestKind): readonly FaultKind[] {
  switch (request.verb) {
    case "watch":
      return WATCH_FAULTS;
    case "list":
      return [...READ_FAULTS, "status-410", "stale"];
    case "get":
    case "discovery":
    case "review":
    case "log":
      return READ_FAULTS;
    case "exec":
      return [
        "status-500",
        "status-503",
        "lost-answer",
        "reset-before",
        "reset-after",
        "server-away",
      ];
    default:
      return isWrite(request)
        ? WRITE_FAULTS
        : WRITE_FAULTS.filter((kind) => kind !== "lost-answer" && kind !== "reset-after");
  }
}

const READ_FAULTS = [
  "status-429",
  "status-500",
  "status-503",
  "no-answer",
  "reset-before",
  "server-away",
] as const satisfies readonly FaultKind[];

const WRITE_FAULTS = [
  "status-409",
  "status-422",
  "status-429",
  "status-500",
  "status-503",
  "no-answer",
  "lost-answer",
  "reset-before",
  "reset-after",
  "server-away",
] as const satisfies readonly FaultKind[];

const WATCH_FAULTS = [
  "status-410",
  "status-429",
  "status-500",
  "no-answer",
  "reset-before",
  "watch-dropped",
  "watch-closed",
  "watch-silent",
  "watch-twice",
  "watch-reordered",
  "watch-gone",
  "watch-bookmarks",
  "server-away",
] as const satisfies readonly FaultKind[];

/**
 * Faults after which a driver must get there by itself; after the others the same command may have to be given again. `hasBegun`: its run has begun; before that,
 * whoever finds no server is told so soon.
 */
export function mendsItself(kind: FaultKind, hasBegun: boolean): boolean {
  if (kind === "server-away") return hasBegun;
  return kind === "status-429" || kind === "status-503" || kind.startsWith("watch-");
}
