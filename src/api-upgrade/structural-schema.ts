import { isMap } from "../model/json.ts";
import type { Fields } from "./conversion.ts";
import { mapIn } from "./fields.ts";

/** How a schema is made structural. */
export interface StructuralOptions {
  /** Fields that the schema does not name were kept, and are to be. */
  readonly keepsUnknown: boolean;
  /** Hears of each check that cannot be made any more. */
  readonly drop: (what: string) => void;
}

const KEEPS = "x-kubernetes-preserve-unknown-fields";
const INT_OR_STRING = "x-kubernetes-int-or-string";
const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

/** Words that no structural schema has. */
const FORBIDDEN = [
  "$ref",
  "$schema",
  "additionalItems",
  "definitions",
  "dependencies",
  "deprecated",
  "discriminator",
  "id",
  "patternProperties",
  "readOnly",
  "writeOnly",
  "xml",
];
/** Those among them, and others, that checked nothing. */
const SILENT = ["$schema", "deprecated", "id", "readOnly", "writeOnly", "xml", "discriminator"];

/** The structural schema (apiextensions.k8s.io/v1) that takes what an older schema took; it may take more, of which `drop` hears. */
export function structuralSchema(schema: Fields, options: StructuralOptions): Fields {
  const root = node(schema, "", options);
  const properties = mapIn(root, "properties");
  const own = Object.entries(properties).map(([name, child]): [string, unknown] => {
    if (name === "metadata") return [name, metadataSchema(mapIn(properties, name))];
    return [name, name === "apiVersion" || name === "kind" ? textSchema(child) : child];
  });
  const described = { ...root, type: "object" };
  return own.length === 0 ? described : { ...described, properties: Object.fromEntries(own) };
}

/** Of an object's own metadata only the names may be checked. */
function metadataSchema(schema: Fields): Fields {
  const names = Object.entries(mapIn(schema, "properties")).filter(([name]) =>
    ["name", "generateName"].includes(name),
  );
  return { type: "object", ...(names.length > 0 && { properties: Object.fromEntries(names) }) };
}

function textSchema(schema: unknown): Fields {
  const { description } = isMap(schema) ? schema : {};
  return { ...(description !== undefined && { description }), type: "string" };
}

function node(schema: unknown, at: string, options: StructuralOptions): Fields {
  if (!isMap(schema)) return { [KEEPS]: true };
  const made: Fields = {};
  for (const [word, value] of Object.entries(schema)) {
    if (FORBIDDEN.includes(word)) {
      if (!SILENT.includes(word)) options.drop(notChecked(at, word));
    } else if (word === "uniqueItems") {
      if (value === true) options.drop(notChecked(at, word));
    } else if (!JUNCTORS.includes(word) && !CHILDREN.includes(word)) made[word] = value;
  }
  if (isIntOrString(schema)) return intOrString(made);
  const type = typeOf(schema, at, options);
  if (type !== undefined) made.type = type;
  else {
    delete made.type;
    made[KEEPS] = true;
  }
  if (type === "array") made.items = node(singleItems(schema, at, options), `${at}[]`, options);
  if (type === "object" || type === undefined) Object.assign(made, members(schema, at, options));
  const keepsUnknown = options.keepsUnknown && type === "object";
  if (keepsUnknown && made.additionalProperties === undefined) made[KEEPS] = true;
  for (const word of JUNCTORS)
    if (schema[word] !== undefined) junctor(word, schema[word], made, at, options);
  return made;
}

const CHILDREN = ["properties", "items", "additionalProperties"];
const JUNCTORS = ["allOf", "anyOf", "oneOf", "not"];

function notChecked(at: string, word: string): string {
  return `${at === "" ? "the object" : at.replace(/^\./, "")} is no longer checked for its ${word}`;
}

/** The type, or what the other words tell of it; undefined for what may be anything. */
function typeOf(schema: Fields, at: string, options: StructuralOptions): string | undefined {
  const { type } = schema;
  if (TYPES.includes(String(type))) return String(type);
  if (type !== undefined && type !== "") options.drop(notChecked(at, "type"));
  if (isMap(schema.properties) || isMap(schema.additionalProperties)) return "object";
  return schema.items !== undefined ? "array" : undefined;
}

/** One schema for all items. */
function singleItems(schema: Fields, at: string, options: StructuralOptions): unknown {
  if (!Array.isArray(schema.items)) return schema.items;
  options.drop(notChecked(at, "items"));
  return undefined;
}

function members(schema: Fields, at: string, options: StructuralOptions): Fields {
  const { additionalProperties } = schema;
  const children = Object.entries(mapIn(schema, "properties"));
  const properties = Object.fromEntries(
    children.map(([name, child]) => [name, node(child, `${at}.${name}`, options)]),
  );
  const hasProperties = children.length > 0;
  if (additionalProperties === false) options.drop(notChecked(at, "additionalProperties"));
  if (isMap(additionalProperties)) {
    if (!hasProperties)
      return { additionalProperties: node(additionalProperties, `${at}.*`, options) };
    options.drop(notChecked(at, "additionalProperties"));
  }
  return {
    ...(hasProperties && { properties }),
    ...((additionalProperties === true || isMap(additionalProperties)) && { [KEEPS]: true }),
  };
}

/** A port or a share: its type was one of two, in one of several spellings. */
function isIntOrString(schema: Fields): boolean {
  if (schema[INT_OR_STRING] === true || schema.format === "int-or-string") return true;
  return ["anyOf", "oneOf"].some((word) => {
    const branches = schema[word];
    if (!Array.isArray(branches) || branches.length !== 2) return false;
    const types = branches.map((branch: unknown) =>
      isMap(branch) && Object.keys(branch).length === 1 ? String(branch.type) : "",
    );
    return types.sort().join() === "integer,string";
  });
}

function intOrString(made: Fields): Fields {
  const { type: _, format, ...rest } = made;
  const kept = format === undefined || format === "int-or-string" ? {} : { format };
  return { ...rest, ...kept, [INT_OR_STRING]: true };
}

/** Takes `allOf` and its like as far as a structural schema has them: they may check values, and say nothing of types or of fields that the schema itself does not name. */
function junctor(
  word: string,
  value: unknown,
  owner: Fields,
  at: string,
  options: StructuralOptions,
): void {
  const branches: unknown[] = Array.isArray(value) ? value : [value];
  const additions: (() => void)[] = [];
  const checked = branches.map((branch) => validation(branch, owner, additions));
  const kept = checked.filter((branch) => branch !== undefined);
  const isWhole = kept.length === checked.length;
  if (!isWhole) options.drop(notChecked(at, word));
  if (kept.length === 0 || (!isWhole && word !== "allOf")) return;
  for (const add of additions) add();
  owner[word] = word === "not" ? kept[0] : kept;
}

/** A branch; undefined when it cannot be said. @param additions what the owner has to name for it */
function validation(schema: unknown, owner: Fields, additions: (() => void)[]): Fields | undefined {
  if (!isMap(schema)) return undefined;
  const made: Fields = {};
  for (const [word, value] of Object.entries(schema)) {
    if (["description", "title", "example", "default"].includes(word)) continue;
    if (word.startsWith("x-kubernetes-") || SILENT.includes(word)) continue;
    if (word === "type") {
      if (value !== owner.type) return undefined;
    } else if (word === "properties") {
      const children = validatedProperties(value, owner, additions);
      if (children === undefined) return undefined;
      made.properties = children;
    } else if (word === "items") {
      if (!isMap(owner.items)) return undefined;
      const items = validation(value, owner.items, additions);
      if (items === undefined) return undefined;
      made.items = items;
    } else if (JUNCTORS.includes(word)) {
      const inner = Array.isArray(value) ? value : [value];
      const checked = inner.map((branch) => validation(branch, owner, additions));
      if (checked.some((branch) => branch === undefined)) return undefined;
      made[word] = word === "not" ? checked[0] : checked;
    } else if (
      FORBIDDEN.includes(word) ||
      ["additionalProperties", "uniqueItems", "nullable"].includes(word)
    )
      return undefined;
    else made[word] = value;
  }
  return made;
}

function validatedProperties(
  value: unknown,
  owner: Fields,
  additions: (() => void)[],
): Fields | undefined {
  if (!isMap(value) || owner.additionalProperties !== undefined) return undefined;
  const known = mapIn(owner, "properties");
  const made: Fields = {};
  for (const [name, child] of Object.entries(value)) {
    const declared = known[name];
    const free: Fields = isMap(declared) ? declared : { [KEEPS]: true };
    const checked = validation(child, free, additions);
    if (checked === undefined) return undefined;
    if (!isMap(declared))
      additions.push(() => {
        owner.properties = { ...mapIn(owner, "properties"), [name]: { [KEEPS]: true } };
      });
    made[name] = checked;
  }
  return made;
}
