import type { AsksFor } from "./api-request.ts";
import { seededRandom } from "./seeded-random.ts";

/**
 * What goes wrong with a request. Answers in place of the server's: `conflict` 409, `expired` 410, `busy` 429 with Retry-After, `internal` 500, `unavailable` 503.
 * `reset-before`: the connection breaks and the server never hears of it; `reset-after`: the server has done it, and its answer is lost;
 * `half-open`: nothing ever comes back; `delay`: it is carried out late; `stale` (watches): the version is forgotten after the watch has begun.
 */
export type Fault =
  | "conflict"
  | "expired"
  | "busy"
  | "internal"
  | "unavailable"
  | "reset-before"
  | "reset-after"
  | "half-open"
  | "delay"
  | "stale";

/** Says what goes wrong with the next request; undefined: nothing. */
export type ChooseFault = (asks: AsksFor) => Fault | undefined;

const ANY: readonly Fault[] = [
  ...(["busy", "internal", "unavailable"] as const),
  ...(["reset-before", "reset-after", "half-open", "delay"] as const),
];

/** Picks a share of all requests (0 to 1) and what goes wrong with each, by a seed: each kind of fault that the request can meet is as likely as the others. */
export function seededFaults(seed: number, share: number): ChooseFault {
  const random = seededRandom(seed);
  return (asks) => {
    const [whether, which] = [random(), random()];
    if (whether >= share) return undefined;
    const kinds = faultsOf(asks);
    return kinds[Math.floor(which * kinds.length)];
  };
}

/** What can go wrong with a request on a real server. */
function faultsOf(asks: AsksFor): readonly Fault[] {
  switch (asks.verb) {
    case "watch":
      return [...ANY, "expired", "stale"];
    case "list":
      // A list that begins anew forgets nothing.
      return asks.continues ? [...ANY, "expired"] : ANY;
    case "create":
      // Only in a namespace can a quota be met by two at once.
      return asks.namespace === "" ? ANY : [...ANY, "conflict"];
    case "update":
    case "patch":
      return [...ANY, "conflict"];
    case "delete":
      // Only a deletion at a version can come too late for it.
      return asks.atVersion ? [...ANY, "conflict"] : ANY;
    default:
      return ANY;
  }
}
