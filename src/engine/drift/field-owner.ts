import type { FieldOwner } from "../../model/drift.ts";
import { isMap } from "../../model/json.ts";
import type { KubeObject, ManagedFieldsEntry } from "../../model/kube-object.ts";
import { FIELD_MANAGER } from "../../model/names.ts";
import type { FieldStep } from "./changed-fields.ts";

/** Who owns a field of a live object now, by its managedFields: the one besides kplan that wrote it last, else kplan; undefined when nobody does. */
export function fieldOwner(live: KubeObject, path: readonly FieldStep[]): FieldOwner | undefined {
  const owners = (live.metadata.managedFields ?? []).filter((entry) => owns(entry, live, path));
  const newestFirst = owners.sort((a, b) => (b.time ?? "").localeCompare(a.time ?? ""));
  const owner = newestFirst.find(({ manager }) => manager !== FIELD_MANAGER) ?? newestFirst[0];
  if (owner === undefined) return undefined;
  return {
    manager: owner.manager ?? "unknown",
    ...(owner.time !== undefined && { at: owner.time }),
    ...(owner.subresource !== undefined &&
      owner.subresource !== "" && { subresource: owner.subresource }),
  };
}

/** The field itself, something in it, or all that it stands in. */
function owns(
  { fieldsV1 }: ManagedFieldsEntry,
  live: KubeObject,
  path: readonly FieldStep[],
): boolean {
  let fields: unknown = fieldsV1;
  let value: unknown = live;
  for (const step of path) {
    if (!isMap(fields)) return false;
    // `{}` below the root is a field that is owned as a whole.
    if (fields !== fieldsV1 && Object.keys(fields).length === 0) return true;
    value = memberOf(value, step);
    const key = keyOf(fields, step, value);
    if (key === undefined) return false;
    fields = fields[key];
  }
  return true;
}

function memberOf(value: unknown, step: FieldStep): unknown {
  if (typeof step === "string") return isMap(value) ? value[step] : undefined;
  return Array.isArray(value) ? (value as readonly unknown[])[step.index] : undefined;
}

/** The key of a field set (fieldsV1 of structured-merge-diff) that names this member or item. */
function keyOf(
  fields: Readonly<Record<string, unknown>>,
  step: FieldStep,
  value: unknown,
): string | undefined {
  if (typeof step === "string") return `f:${step}` in fields ? `f:${step}` : undefined;
  return Object.keys(fields).find((key) => {
    if (key === `i:${step.index}`) return true;
    if (key.startsWith("v:")) return JSON.stringify(value) === key.slice(2);
    if (!key.startsWith("k:") || !isMap(value)) return false;
    const keys: unknown = JSON.parse(key.slice(2));
    return isMap(keys) && Object.entries(keys).every(([name, one]) => value[name] === one);
  });
}
