import { canonicalJson, type Json } from "../model/json.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { Dialect } from "../model/package.ts";

/** Values as an Instance's `spec.parameters` keeps them in the native dialect: canonical JSON text, so that equal values are equal texts. */
export function toStored(given: Readonly<Record<string, Json>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, canonicalJson(value)]),
  );
}

/** Values from an Instance's `spec.parameters`. Throws a KplanError that names a parameter whose text is no JSON: somebody else wrote it. */
export function fromStored(texts: Readonly<Record<string, string>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, parse(name, text)]));
}

/** Values as `Assignments` has them from an Instance's `spec.parameters`: in a KUDO package the texts as they are. Throws as `fromStored`. */
export function storedValues(
  dialect: Dialect,
  texts: Readonly<Record<string, string>>,
): Record<string, Json> {
  return dialect === "kudo" ? { ...texts } : fromStored(texts);
}

function parse(name: string, text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KplanError(
      "bad-stored-parameter",
      `the value of parameter ${name} that the Instance keeps is not JSON`,
      { cause: error, hint: `set it again: kplan update -p ${name}=VALUE` },
    );
  }
}
