import { isMap } from "../model/json.ts";
import type { KubeObject, ManagedFieldsEntry } from "../model/kube-object.ts";
import { ANNOTATION, FIELD_MANAGER } from "../model/names.ts";
import { difference, type FieldSet, union, without } from "./field-set.ts";
import { isKudos, kudoSplit, kudosHand, type Split } from "./kudo-ownership.ts";
import { mergedAsApplied } from "./merged-as-applied.ts";

/** Annotations that kplan patches beside its templates. */
const PATCHED = [`f:${ANNOTATION.token}`, `f:${ANNOTATION.request}`];

/**
 * managedFields in which what kplan wrote by POST or patch (operation `Update`), and what KUDO applied, counts as applied (operation `Apply`), or undefined when they
 * are so already. Without this an apply conflicts with ourselves where a value changes, and a field that left the template would linger on the object
 * (kubectl's client-side-apply migration does the same).
 */
export function takenOver(live: KubeObject): ManagedFieldsEntry[] | undefined {
  const entries = live.metadata.managedFields ?? [];
  const takes = takesOf(live);
  const [first] = takes;
  if (first === undefined) return undefined;
  const applied = entries.find(isOurApply);
  const fieldsV1 = takes.reduce(
    (fields, { moved }) => union(fields, moved),
    applied?.fieldsV1 ?? {},
  );
  const { subresource: _, ...entry } = applied ?? first.entry;
  const isKudosToo = takes.some((take) => !isOurUpdate(take.entry));
  const joined: ManagedFieldsEntry = {
    ...entry,
    // KUDO's templates name versions that a server may not have any more; what it says of fields holds for the one it was read by.
    ...(isKudosToo && { apiVersion: live.apiVersion }),
    ...(first.entry.time !== undefined && { time: first.entry.time }),
    manager: FIELD_MANAGER,
    operation: "Apply",
    fieldsV1,
  };
  const beside = takes.flatMap(({ entry: before, kept }) =>
    isNothing(kept) ? [] : [{ ...before, fieldsV1: kept }],
  );
  const others = entries.filter(
    (other) => other !== applied && !takes.some((take) => take.entry === other),
  );
  return [joined, ...beside, ...others];
}

/**
 * What an apply would leave, from what a dry run answers: a dry run cannot take over first, so the fields that would go with the take-over are removed here.
 * `live` is the object before, `answer` the dry run's.
 */
export function asIfTakenOver(live: KubeObject, answer: KubeObject): KubeObject {
  const takes = takesOf(live);
  if (takes.length === 0) return answer;
  const hand = kudosHand(live);
  let dropped: FieldSet = takes.reduce((fields, { moved }) => union(fields, moved), {});
  for (const entry of answer.metadata.managedFields ?? [])
    if (!isOurUpdate(entry) && !isKudos(entry, hand))
      dropped = difference(dropped, entry.fieldsV1 ?? {});
  return without(answer, dropped) as KubeObject;
}

/**
 * What an apply would leave where no dry run can tell, because what should go with the take-over stands beside what comes (a port of the same name under
 * another number): worked out here, to be judged by a dry run of a replacement.
 */
export function asIfAppliedOver(live: KubeObject, object: KubeObject): KubeObject {
  const { uid, resourceVersion } = live.metadata;
  let owned: FieldSet = takesOf(live).reduce((fields, { moved }) => union(fields, moved), {});
  for (const entry of live.metadata.managedFields ?? [])
    if (isOurApply(entry)) owned = union(owned, entry.fieldsV1 ?? {});
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

/** Names of those whose fields count as ours once they are taken over: a dry run, before that, names them as others. */
export function ownManagers(live: KubeObject): readonly string[] {
  const hand = kudosHand(live);
  return hand === undefined ? [FIELD_MANAGER] : [FIELD_MANAGER, hand.manager];
}

/** An entry of managedFields of which something becomes ours. */
interface Take extends Split {
  readonly entry: ManagedFieldsEntry;
}

function takesOf(live: KubeObject): Take[] {
  const entries = live.metadata.managedFields ?? [];
  const hand = kudosHand(live);
  const applied = entries.find(isOurApply);
  return entries.flatMap((entry) => {
    const fields = entry.fieldsV1 ?? {};
    if (isOurUpdate(entry)) {
      // Field sets of different versions of a kind cannot be joined.
      if (applied !== undefined && applied.apiVersion !== entry.apiVersion) return [];
      const parts = split(fields);
      return isNothing(parts.moved) ? [] : [{ entry, ...parts }];
    }
    if (hand === undefined || !isKudos(entry, hand)) return [];
    return [{ entry, ...kudoSplit(live, fields, hand) }];
  });
}

/**
 * What stays with the operation `Update`: the annotations that are patched beside the templates, and the status (servers before 1.22 do not tell its entry
 * apart). Were they taken along, the next apply would drop them.
 */
function split(fields: FieldSet): Split {
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
