import { isMap } from "../model/json.ts";
import type { KubeObject, ManagedFieldsEntry } from "../model/kube-object.ts";
import { ANNOTATION, FIELD_MANAGER } from "../model/names.ts";
import { difference, type FieldSet, union, without } from "./field-set.ts";
import { mergedAsApplied } from "./merged-as-applied.ts";

/** Annotations that kplan patches beside its templates. */
const PATCHED = [`f:${ANNOTATION.token}`, `f:${ANNOTATION.request}`];

/**
 * managedFields in which what kplan wrote by POST or patch (operation `Update`) counts as applied (operation `Apply`), or undefined when they are so already.
 * Without this an apply conflicts with ourselves where a value changes, and a field that left the template would linger on the object
 * (kubectl's client-side-apply migration does the same).
 */
export function takenOver(live: KubeObject): ManagedFieldsEntry[] | undefined {
  const entries = live.metadata.managedFields ?? [];
  const ours = entries.find(isOurUpdate);
  if (ours === undefined) return undefined;
  const { kept, moved } = split(ours.fieldsV1 ?? {});
  if (isNothing(moved)) return undefined;
  const applied = entries.find(isOurApply);
  // Field sets of different versions of a kind cannot be joined.
  if (applied !== undefined && applied.apiVersion !== ours.apiVersion) return undefined;
  const fieldsV1 = union(applied?.fieldsV1 ?? {}, moved);
  const joined: ManagedFieldsEntry = { ...ours, operation: "Apply", fieldsV1 };
  const beside = isNothing(kept) ? [] : [{ ...ours, fieldsV1: kept }];
  return [joined, ...beside, ...entries.filter((entry) => entry !== ours && entry !== applied)];
}

/**
 * What an apply would leave, from what a dry run answers: a dry run cannot take over first, so the fields that would go with the take-over are removed here.
 * `live` is the object before, `answer` the dry run's.
 */
export function asIfTakenOver(live: KubeObject, answer: KubeObject): KubeObject {
  const ours = (live.metadata.managedFields ?? []).find(isOurUpdate);
  if (ours === undefined) return answer;
  let dropped: FieldSet = split(ours.fieldsV1 ?? {}).moved;
  for (const entry of answer.metadata.managedFields ?? [])
    if (!isOurUpdate(entry)) dropped = difference(dropped, entry.fieldsV1 ?? {});
  return without(answer, dropped) as KubeObject;
}

/**
 * What an apply would leave where no dry run can tell, because what should go with the take-over stands beside what comes (a port of the same name under
 * another number): worked out here, to be judged by a dry run of a replacement.
 */
export function asIfAppliedOver(live: KubeObject, object: KubeObject): KubeObject {
  const { uid, resourceVersion } = live.metadata;
  let owned: FieldSet = {};
  for (const entry of live.metadata.managedFields ?? [])
    if (isOurUpdate(entry)) owned = union(owned, split(entry.fieldsV1 ?? {}).moved);
    else if (isOurApply(entry)) owned = union(owned, entry.fieldsV1 ?? {});
  const merged = mergedAsApplied(live, object, owned) as KubeObject;
  return {
    ...merged,
    metadata: {
      ...merged.metadata,
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
  };
}

/**
 * What stays with the operation `Update`: the annotations that are patched beside the templates, and the status (servers before 1.22 do not tell its entry
 * apart). Were they taken along, the next apply would drop them.
 */
function split(fields: FieldSet): { kept: FieldSet; moved: FieldSet } {
  const metadata = isMap(fields["f:metadata"]) ? fields["f:metadata"] : {};
  const annotations = isMap(metadata["f:annotations"]) ? metadata["f:annotations"] : {};
  const beside = (key: string): boolean => PATCHED.includes(key) || key === ".";
  const ours = Object.keys(annotations).filter((key) => PATCHED.includes(key));
  // The map of annotations itself goes with the templates' annotations, if there are any.
  const whole = Object.keys(annotations).every(beside);
  const patched = whole
    ? annotations
    : Object.fromEntries(ours.map((key) => [key, annotations[key]]));
  const kept = {
    ...(ours.length > 0 && { "f:metadata": { "f:annotations": patched } }),
    ...("f:status" in fields && { "f:status": fields["f:status"] }),
  };
  const { "f:status": _, ...rest } = fields;
  return { kept, moved: difference(rest, kept) };
}

/** Only containers, no field of ours in them. */
function isNothing(fields: FieldSet): boolean {
  return Object.entries(fields).every(
    ([key, below]) =>
      key === "." || (isMap(below) && Object.keys(below).length > 0 && isNothing(below)),
  );
}

function isOurUpdate(entry: ManagedFieldsEntry): boolean {
  return entry.manager === FIELD_MANAGER && entry.operation === "Update" && !entry.subresource;
}

function isOurApply(entry: ManagedFieldsEntry): boolean {
  return entry.manager === FIELD_MANAGER && entry.operation === "Apply" && !entry.subresource;
}
