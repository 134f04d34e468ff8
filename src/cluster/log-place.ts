/** How far a log was read, by the times that the kubelet puts before lines (`timestamps=true`). */
export interface LogPlace {
  /** Time of the last line, in nanoseconds since 1970; undefined before the first. */
  at: bigint | undefined;
  /** Lines that had just this time. */
  seen: number;
}

/** The place before the first line. */
export function logStart(): LogPlace {
  return { at: undefined, seen: 0 };
}

/** The `sinceTime` to read on from a place, in whole seconds (the API server passes no fractions on); undefined at the start. */
export function sinceTimeOf({ at }: LogPlace): string | undefined {
  if (at === undefined) return undefined;
  return `${new Date(Number(at / 1_000_000n)).toISOString().slice(0, 19)}Z`;
}

/**
 * Reads the lines of one connection: gives the text of each that was not read before, moving the place on, and undefined for the others and for what is no line
 * of the container (the kubelet's own words have no time).
 */
export function lineReader(place: LogPlace): (line: string) => string | undefined {
  const from = { ...place };
  let caughtUp = from.at === undefined;
  let again = 0;
  return (line) => {
    const { at, text } = stamped(line);
    if (at === undefined) return undefined;
    if (!caughtUp && from.at !== undefined) {
      if (at < from.at) return undefined;
      if (at === from.at && again < from.seen) {
        again += 1;
        return undefined;
      }
      // From here on nothing is left out, also when the node's clock goes back.
      caughtUp = true;
    }
    place.seen = at === place.at ? place.seen + 1 : 1;
    place.at = at;
    return text;
  };
}

/** RFC 3339 with up to nine digits after the second, then a space. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) /;

function stamped(line: string): { readonly at: bigint | undefined; readonly text: string } {
  const found = STAMP.exec(line);
  const [stamp = "", second = "", fraction = "", zone = ""] = found ?? [];
  const ms = Date.parse(`${second}${zone}`);
  if (found === null || Number.isNaN(ms)) return { at: undefined, text: line };
  const at = BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  return { at, text: line.slice(stamp.length) };
}
