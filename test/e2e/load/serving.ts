import type { States } from "./report.ts";

/** Who was in the endpoints of the client Service, from a moment on. */
export interface Served {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly pods: readonly string[];
}

/** A time during which fewer members served than must. */
export interface Shortage {
  readonly at: number;
  readonly ms: number;
  /** Synced, and in the endpoints. */
  readonly serving: readonly string[];
  readonly needed: number;
}

const SYNCED = 4;
/** Two things cannot be looked at in one moment: a shortage that is shorter than this is none that was seen, in milliseconds. */
const SEEN = 500;

/**
 * When fewer members were synced and in the endpoints than the members of that moment less one. Members of a moment: those that had been in the endpoints since
 * `from`, less those that are meant to leave and have left them. The times are between `from` and `to`, in milliseconds since 1970.
 */
export function shortages(
  served: readonly Served[],
  states: readonly States[],
  {
    from,
    to,
    leaving,
  }: { readonly from: number; readonly to: number; readonly leaving: readonly string[] },
): readonly Shortage[] {
  const found: Shortage[] = [];
  let since: States | undefined;
  const looks = states.filter(({ at }) => at >= from && at <= to);
  for (const look of looks.sort((a, b) => a.at - b.at)) {
    const past = served.filter(({ at }) => at <= look.at);
    const now = past.at(-1)?.pods ?? [];
    const begun = past.findLastIndex(({ at }) => at <= from);
    const known = new Set(past.slice(Math.max(0, begun)).flatMap(({ pods }) => pods));
    const gone = leaving.filter((pod) => known.has(pod) && !(pod in look.states));
    const needed = known.size - gone.length - 1;
    const serving = now.filter((pod) => look.states[pod] === SYNCED);
    if (serving.length >= needed) {
      since = undefined;
      continue;
    }
    since ??= look;
    const ms = look.at - since.at;
    if (ms >= SEEN) {
      found.push({ at: since.at, ms, serving, needed });
      since = look;
    }
  }
  return found;
}
