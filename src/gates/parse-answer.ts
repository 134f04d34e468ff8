import { describeValue } from "../model/describe-value.ts";
import type { PodAnswer } from "../model/gate.ts";
import { isMap } from "../model/json.ts";

/** What a command of a gate said, or why that is no answer. */
export type Answer = Pick<PodAnswer, "values" | "trouble">;

/** What may stand behind a name. */
type Value = string | number | boolean | null;

/**
 * Reads what a gate's command printed: one JSON object of texts, numbers, booleans and nulls, or lines of name TAB value, in which decimal numbers become
 * numbers. Anything else is no answer, and `trouble` says why in one sentence.
 */
export function parseAnswer(output: string): Answer {
  const text = output.trim();
  if (text === "") return { trouble: "it printed nothing" };
  return text.startsWith("{") ? fromJson(text) : fromLines(output);
}

function fromJson(text: string): Answer {
  const value = parsed(text);
  if (!isMap(value)) return { trouble: "it printed something that begins like JSON and is none" };
  for (const [name, one] of Object.entries(value))
    if (!isValue(one))
      return { trouble: `its value of ${name} is ${describeValue(one)}, not a text or a number` };
  return { values: value as Readonly<Record<string, Value>> };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isValue(value: unknown): value is Value {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function fromLines(output: string): Answer {
  const values = new Map<string, Value>();
  for (const line of output.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    const tab = line.indexOf("\t");
    if (tab <= 0) return { trouble: `it printed a line that is not name TAB value: ${cut(line)}` };
    const name = line.slice(0, tab).trim();
    const value = scalar(line.slice(tab + 1).trim());
    if (values.has(name) && values.get(name) !== value)
      return { trouble: `it printed two values of ${name}` };
    values.set(name, value);
  }
  return { values: Object.fromEntries(values) };
}

/** A whole number that a double cannot hold stays a text: as a number it would equal its neighbours. */
function scalar(text: string): Value {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return text;
  const number = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(number) ? text : number;
}

function cut(line: string): string {
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
