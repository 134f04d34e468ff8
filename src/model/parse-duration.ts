const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration as Go writes it (`30m`, `90s`, `1h30m`, `500ms`), or undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount = "", , unit = ""] of text.matchAll(/(\d+(\.\d+)?)(ms|h|m|s)/g))
    sum += Number(amount) * (UNITS[unit] ?? 0);
  return sum;
}
