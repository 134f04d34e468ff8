import { isMap } from "../model/json.ts";
import type { MeterLine } from "../model/meter.ts";

/** Letters of an error that are kept. */
const LETTERS = 300;

/** A line that a meter printed; undefined for anything else that its container says. Percentiles may be left out of a line without a statement. */
export function parseMeterLine(text: string): MeterLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isMap(value)) return undefined;
  const { ok, failed, gapMs, p50 = 0, p99 = 0, error } = value;
  const numbers = { ok, failed, gapMs, p50: p50 ?? 0, p99: p99 ?? 0 };
  if (!Object.values(numbers).every(isAmount)) return undefined;
  return {
    ...(numbers as Omit<MeterLine, "error">),
    ...(typeof error === "string" && error !== "" && { error: error.slice(0, LETTERS) }),
  };
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
