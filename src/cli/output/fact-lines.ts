import { isMap, type Json } from "../../model/json.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";

/** Rows and columns of a table that are shown. */
const ROWS = 50;
const COLUMNS = 16;
/** Letters of a cell, and of a fact that is no table. */
const CELL = 60;
const LINE = 300;

/** A fact for people: a list of flat objects as a table below its name, anything else on the name's own line. */
export function factLines(name: string, value: Json): string[] {
  if (isTable(value)) return [`${name}:`, ...tableLines(value).map((line) => `  ${line}`)];
  if (isFlat(value)) {
    const members = Object.entries(value).map(([key, member]) => `${key} ${cell(member)}`);
    return [printable(`${name}: ${members.join(", ")}`, LINE)];
  }
  return [`${name}: ${printable(typeof value === "string" ? value : JSON.stringify(value), LINE)}`];
}

type Scalar = string | number | boolean | null;
type Flat = Readonly<Record<string, Scalar>>;

function tableLines(rows: readonly Flat[]): string[] {
  const names = columnsOf(rows);
  const shown = rows.slice(0, ROWS).map((row) => names.map((key) => cell(row[key])));
  const heads = names.map((key) => printable(key, CELL).toUpperCase());
  const lines = table(heads, shown).trimEnd().split("\n");
  const more = rows.length - ROWS;
  return more > 0 ? [...lines, `… ${more} more`] : lines;
}

/** Which pod it is about stands first; its number says nothing more. */
function columnsOf(rows: readonly Flat[]): string[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  if (!names.delete("pod")) return [...names].slice(0, COLUMNS);
  names.delete("ordinal");
  return ["pod", ...names].slice(0, COLUMNS);
}

function cell(value: Scalar | undefined): string {
  if (value === undefined || value === null) return "-";
  return printable(String(value), CELL) || "-";
}

function isTable(value: Json): value is readonly Flat[] & Json {
  return Array.isArray(value) && value.length > 0 && value.every((row) => isFlat(row));
}

function isFlat(value: unknown): value is Flat {
  const members = isMap(value) ? Object.values(value) : [];
  return members.length > 0 && members.every((one) => one === null || typeof one !== "object");
}
