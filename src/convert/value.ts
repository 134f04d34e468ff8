import type { Parameter } from "../model/parameter.ts";

/** What a part of a Go template comes to, as Handlebars can say it. */
export type Value =
  /** All that a template is given; `.Params`; `.Pipes`. */
  | { readonly kind: "root" | "params" | "pipes" }
  /** Members of what is given, or of the item of a loop. */
  | PathValue
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Value[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "null" };

/** A path, from everything or from a name that a loop gives. */
export interface PathValue {
  readonly kind: "path";
  /** Undefined: from everything. */
  readonly from: string | undefined;
  readonly parts: readonly string[];
  /** Set where it is a parameter whose type is no text any more, and is to be seen as the text that it was. */
  readonly textOf?: Parameter;
}

/** The call of a function. */
export function call(name: string, ...args: readonly Value[]): Value {
  return { kind: "call", name, args };
}

/** A text. */
export function text(value: string): Value {
  return { kind: "text", text: value };
}

/** A value as its type has it, and not as a text. */
export function typed(value: PathValue): PathValue {
  const { textOf: _, ...rest } = value;
  return rest;
}

/** A value in Handlebars, as an argument. @param inLoop a bare name would mean a member of the item */
export function argument(value: Value, inLoop: boolean): string {
  switch (value.kind) {
    case "path":
      return value.textOf ? `(toString ${pathText(value, inLoop)})` : pathText(value, inLoop);
    case "call":
      return `(${callText(value, inLoop)})`;
    case "text":
      return quoted(value.text);
    case "number":
      return value.text;
    case "bool":
      return String(value.value);
    case "null":
      return "null";
    default:
      throw new Error(`${value.kind} is no value`);
  }
}

/** A path or a call between `{{` and `}}`, where a parameter prints as it did. */
export function printable(value: Value, inLoop: boolean): string {
  if (value.kind === "call") return callText(value, inLoop);
  return value.kind === "path" ? pathText(value, inLoop) : argument(value, inLoop);
}

function callText({ name, args }: Extract<Value, { kind: "call" }>, inLoop: boolean): string {
  return [name, ...args.map((arg) => argument(arg, inLoop))].join(" ");
}

function pathText({ from, parts }: PathValue, inLoop: boolean): string {
  const start = from === undefined ? (inLoop ? ["@root"] : []) : [from];
  return [...start, ...parts.map(part)].join(".");
}

function part(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `[${name}]`;
}

/** Whether Handlebars can quote a text: in its quotes only the quote itself is escaped. */
export function canQuote(value: string): boolean {
  if (!value.includes('"')) return !value.endsWith("\\");
  if (!value.includes("'")) return !value.endsWith("\\");
  return !value.includes("\\");
}

function quoted(value: string): string {
  if (!value.includes('"')) return `"${value}"`;
  if (!value.includes("'")) return `'${value}'`;
  return `"${value.replaceAll('"', '\\"')}"`;
}
