import { kudo } from "../define.ts";
import { checkTextSize } from "../limits.ts";
import type { TemplateFunction } from "../template-function.ts";
import { GoInt, GoObject, type GoValue, isGoMap, isNilSlice, sortedKeys } from "./value.ts";
import { yamlText } from "./yaml-text.ts";

/** JSON and YAML of Go values. */
export const SPRIG_ENCODING: readonly TemplateFunction[] = [
  kudo("toJson", 1, ([value]) => json(value, 0)),
  kudo("toPrettyJson", 1, ([value]) => json(value, 2)),
  kudo("toYaml", 1, ([value]) => yamlText(value)),
];

/** Go's encoding/json; nothing for what it cannot encode. */
function json(value: GoValue, indent: number): string {
  const text = write(value, indent, "\n");
  return text === undefined ? "" : text.replace(/[<>&\u2028\u2029]/g, escaped);
}

function write(value: GoValue, indent: number, line: string): string | undefined {
  if (value === null || value === undefined || isNilSlice(value)) return "null";
  if (typeof value === "string") return jsonText(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (value instanceof GoInt) return String(value.value);
  if (value instanceof GoObject) return write(value.json(), indent, line);
  const inner = line + " ".repeat(indent);
  if (Array.isArray(value))
    return wrapped(
      "[",
      value.map((item) => write(item, indent, inner)),
      "]",
      indent,
      line,
    );
  if (!isGoMap(value)) return String(value);
  const colon = indent > 0 ? ": " : ":";
  const members = sortedKeys(value).map((key) => {
    const member = write(value[key], indent, inner);
    return member === undefined ? undefined : jsonText(key) + colon + member;
  });
  return wrapped("{", members, "}", indent, line);
}

/** A byte that is no part of UTF-8 is written as an escape. */
function jsonText(text: string): string {
  const parts = text.split(/[\ud800-\udfff]/u);
  return `"${parts.map((part) => JSON.stringify(part).slice(1, -1)).join("\\ufffd")}"`;
}

function wrapped(
  open: string,
  parts: readonly (string | undefined)[],
  close: string,
  indent: number,
  line: string,
): string | undefined {
  if (parts.includes(undefined)) return undefined;
  checkTextSize(parts.reduce((sum, part) => sum + (part?.length ?? 0) + line.length, 0));
  if (indent === 0 || parts.length === 0) return open + parts.join(",") + close;
  const inner = line + " ".repeat(indent);
  return open + inner + parts.join(`,${inner}`) + line + close;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
