import { AUTOSCALING_TYPES } from "../types/autoscaling-types.ts";
import { CORE_TYPES } from "../types/core-types.ts";
import { EXTENSION_TYPES } from "../types/extension-types.ts";
import { META_TYPES } from "../types/meta-types.ts";
import { NETWORK_TYPES } from "../types/network-types.ts";
import { POD_TYPES } from "../types/pod-types.ts";
import { POLICY_TYPES } from "../types/policy-types.ts";
import { WORKLOAD_TYPES } from "../types/workload-types.ts";
import { ANY, type FieldShape, type Shape, type StructShape } from "./shape.ts";

const SOURCES = [
  META_TYPES,
  POD_TYPES,
  CORE_TYPES,
  WORKLOAD_TYPES,
  NETWORK_TYPES,
  POLICY_TYPES,
  AUTOSCALING_TYPES,
  EXTENSION_TYPES,
];
const SCALARS = new Set(["str", "int", "num", "bool", "bytes", "time", "quantity", "intstr"]);

let lines: Map<string, string> | undefined;
const shapes = new Map<string, StructShape>();

/**
 * The shape of a named built-in type. Types are written one a line, `Name: field type, field type…`:
 * `str int num bool bytes time quantity intstr any`, another type's name, `{type}` a map, `[type]` a list,
 * `[type by set]` a set, `[type by a,b]` a list merged by these keys (`b:x`: x when an item has none; `patch c`: by c in strategic merge patches).
 * After a field's name `!` says required, `=` shown even when empty; `Name atomic:` is owned as a whole;
 * `retainKeys` after a type as in strategic merge patch. Throws for an unknown name.
 */
export function builtinShape(name: string): StructShape {
  const known = shapes.get(name);
  if (known) return known;
  lines ??= readLines();
  const line = lines.get(name);
  if (line === undefined) throw new Error(`no such API type: ${name}`);
  const [head = "", rest = ""] = splitOnce(line, ": ");
  const fields = new Map<string, FieldShape>();
  const shape: StructShape = {
    type: "struct",
    name,
    fields,
    open: false,
    atomic: head.endsWith(" atomic"),
  };
  shapes.set(name, shape);
  for (const field of splitFields(rest)) addField(fields, field);
  return shape;
}

function readLines(): Map<string, string> {
  const all = SOURCES.flatMap((source) => source.trim().split("\n"));
  return new Map(all.map((line) => [line.split(/[ :]/, 1)[0] ?? "", line]));
}

/** Splits at the commas that are outside brackets. */
function splitFields(text: string): string[] {
  return text.match(/(?:\[[^\]]*\]|[^,[])+/g) ?? [];
}

function addField(fields: Map<string, FieldShape>, text: string): void {
  const [head = "", rest = ""] = splitOnce(text.trim(), " ");
  const [, name = "", marks = ""] = /^([^!=]+)([!=]*)$/.exec(head) ?? [];
  const retainKeys = rest.endsWith(" retainKeys");
  const type = retainKeys ? rest.slice(0, -" retainKeys".length) : rest;
  fields.set(name, {
    shape: readType(type),
    required: marks.includes("!"),
    always: marks.includes("="),
    retainKeys,
  });
}

function readType(text: string): Shape {
  if (text === "any") return ANY;
  if (SCALARS.has(text)) return { type: text } as Shape;
  if (text.startsWith("{")) return { type: "map", of: readType(text.slice(1, -1)), atomic: false };
  if (!text.startsWith("[")) return builtinShape(text);
  const [, of = "", by, patch] = /^\[(\S+?)(?: by (\S+?))?(?: patch (\S+?))?\]$/.exec(text) ?? [];
  const parts = by?.split(",").map((part) => part.split(":")) ?? [];
  const keys = parts.map(([key = ""]) => key);
  const defaults = parts.filter((part) => part.length > 1);
  return {
    type: "list",
    of: readType(of),
    by: by === undefined ? "atomic" : by === "set" ? "set" : keys,
    patch: readPatch(patch ?? by),
    ...(defaults.length > 0 && { keyDefaults: Object.fromEntries(defaults) }),
  };
}

function readPatch(text: string | undefined): "replace" | "set" | { key: string } {
  if (text === undefined || text === "replace") return "replace";
  return text === "set" ? "set" : { key: text };
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + at.length)];
}
