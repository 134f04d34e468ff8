import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { FieldProblem } from "../http/api-error.ts";
import type { KindRules } from "../kinds/kind-rules.ts";
import { immutable, invalidValue, problem } from "./rule.ts";

/** Bytes that a ConfigMap or Secret may hold. */
const MAX_BYTES = 1 << 20;
const KEY = /^[-._a-zA-Z0-9]+$/;
const KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** ConfigMaps. */
export const configRules: KindRules = {
  check: (object) => [
    ...checkKeys(object, "data"),
    ...checkKeys(object, "binaryData"),
    ...checkSize(object, ["data", "binaryData"], ""),
  ],
  checkUpdate: (object, before) => checkImmutable(object, before, ["data", "binaryData"]),
};

/** Secrets; `stringData` is put into `data`. */
export const secretRules: KindRules = {
  defaults: (draft) => {
    draft.type ??= "Opaque";
    const { stringData, data } = draft;
    if (isMap(stringData)) {
      const encoded = Object.entries(stringData).map(([key, text]) => [
        key,
        Buffer.from(String(text)).toString("base64"),
      ]);
      draft.data = { ...(isMap(data) && data), ...Object.fromEntries(encoded) };
      delete draft.stringData;
    }
  },
  check: (object) => [...checkKeys(object, "data"), ...checkSize(object, ["data"], "data")],
  checkUpdate: (object, before) => [
    ...immutable(object, before, ["type"], ""),
    ...checkImmutable(object, before, ["data"]),
  ],
};

function checkKeys(object: KubeObject, field: string): FieldProblem[] {
  const data = object[field];
  return Object.keys(isMap(data) ? data : {}).flatMap((key) =>
    KEY.test(key) && key.length <= 253 ? [] : [invalidValue(`${field}[${key}]`, key, KEY_TEXT)],
  );
}

function checkSize(object: KubeObject, fields: readonly string[], field: string): FieldProblem[] {
  let bytes = 0;
  for (const name of fields) {
    const data = object[name];
    const values = Object.values(isMap(data) ? data : {}).map(String);
    for (const value of values)
      bytes += Buffer.byteLength(value, name === "data" && field === "" ? "utf8" : "base64");
  }
  return bytes > MAX_BYTES
    ? [problem(field, "FieldValueTooLong", `Too long: must have at most ${MAX_BYTES} bytes`)]
    : [];
}

function checkImmutable(
  object: KubeObject,
  before: KubeObject,
  fields: readonly string[],
): FieldProblem[] {
  if (before.immutable !== true) return [];
  const forbidden = (field: string): FieldProblem =>
    problem(field, "FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set");
  const changed = fields.filter(
    (field) => JSON.stringify(object[field] ?? {}) !== JSON.stringify(before[field] ?? {}),
  );
  const unset = object.immutable === true ? [] : ["immutable"];
  return [...unset, ...changed].map(forbidden);
}
