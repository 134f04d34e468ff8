import type { DriftedField, DriftedObject, DriftReport } from "../../model/drift.ts";
import { refText } from "../../model/kube-object.ts";
import { pathText } from "../../model/run.ts";
import { paint, type Terminal } from "../terminal.ts";
import { age } from "./duration.ts";

/** Letters of a value that are shown. */
const LONGEST = 60;

/** What has drifted, object by object and field by field, and a count at the end. */
export function driftText(
  report: DriftReport,
  terminal: Pick<Terminal, "colors">,
  now: Date,
): string {
  const { objects, unknown, leftovers, notes, unfinished, compared, instance } = report;
  const lines: string[] = [];
  if (unfinished !== undefined)
    lines.push(
      `run ${unfinished.run} (${unfinished.kind}) is not complete${unfinished.message ? `: ${unfinished.message}` : ""}; what it was about to write is left out`,
    );
  for (const object of objects) lines.push(...objectLines(object, terminal, now));
  for (const { ref, message } of unknown)
    lines.push(`${paint(terminal, "warn", "unknown:")} ${refText(ref)}: ${message}`);
  for (const { ref, path, run } of leftovers)
    lines.push(
      `${paint(terminal, "dim", "left over:")} ${refText(ref)} of ${placeText(path, run)}: nothing renders it any more`,
    );
  for (const note of notes) lines.push(`${paint(terminal, "dim", "left alone:")} ${note}`);
  const count = objects.length;
  lines.push(
    count === 0
      ? `${instance}: ${compared} ${objectsWord(compared)} as applied`
      : `${instance}: ${count} of ${compared} ${objectsWord(compared)} drifted; \`kplan drift --fix\` applies them again`,
  );
  return `${lines.join("\n")}\n`;
}

function objectLines(
  { ref, path, run, state, message, fields }: DriftedObject,
  terminal: Pick<Terminal, "colors">,
  now: Date,
): string[] {
  const word = state === "not-ours" ? "no longer ours" : state;
  const why = message === undefined ? "" : `: ${message}`;
  const place = paint(terminal, "dim", `(${placeText(path, run)})`);
  const head = `${paint(terminal, "warn", `${refText(ref)} ${word}`)}${why} ${place}`;
  return [head, ...fields.map((field) => `  ${fieldLine(field, now)}`)];
}

function fieldLine({ field, applied, live, by }: DriftedField, now: Date): string {
  const is = live === undefined ? "gone" : valueText(live);
  const was = applied === undefined ? "not applied" : `applied ${valueText(applied)}`;
  if (by === undefined) return `${field}: ${is}, ${was}`;
  const at = by.at === undefined ? "" : ` ${age(by.at, now)} ago`;
  return `${field}: ${is}, ${was} (${by.manager}${at})`;
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

function placeText(path: DriftedObject["path"], run: number | undefined): string {
  return run === undefined ? pathText(path) : `${pathText(path)}, run ${run}`;
}

function objectsWord(count: number): string {
  return count === 1 ? "object" : "objects";
}
