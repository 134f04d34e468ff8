import { isMap } from "../model/json.ts";
import { groupOf, type KubeObject, type ManagedFieldsEntry } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";
import { difference, type FieldSet, union } from "./field-set.ts";

/** What of a manager's fields counts as ours from now on, and what stays with it. What is in neither belongs to nobody. */
export interface Split {
  readonly kept: FieldSet;
  readonly moved: FieldSet;
}

/** What KUDO wrote of an object, by the manager whose the copy of it in the annotation is; undefined when KUDO never applied the object. */
export interface KudosHand {
  readonly manager: string;
  /** The object as KUDO applied it last; an empty one where nobody can read the annotation. */
  readonly applied: Readonly<Record<string, unknown>>;
}

/** Who applied the object last, if that was KUDO. An object that no server has tracked has no manager: see `tracked` in `write-objects.ts`. */
export function kudosHand(live: KubeObject): KudosHand | undefined {
  const text = live.metadata.annotations?.[ANNOTATION.lastApplied];
  if (text === undefined) return undefined;
  const entry = (live.metadata.managedFields ?? []).find(
    (one) => one.operation === "Update" && !one.subresource && hasAnnotation(one.fieldsV1 ?? {}),
  );
  return entry === undefined ? undefined : { manager: entry.manager ?? "", applied: parsed(text) };
}

/** Whether an entry of managedFields is KUDO's. */
export function isKudos(entry: ManagedFieldsEntry, hand: KudosHand | undefined): boolean {
  return (
    hand !== undefined &&
    entry.manager === hand.manager &&
    entry.operation === "Update" &&
    !entry.subresource
  );
}

/**
 * What of KUDO's fields is ours: all that it applied last, so that what has left the template since leaves the object (compat section 4.4), and its copy of that. Of
 * the kinds of Kubernetes' own the defaults too, which go and come with the fields that they stand beside; the server puts them there again. All else that somebody of
 * that name has written stays on the object, and is nobody's.
 */
export function kudoSplit(live: KubeObject, fields: FieldSet, { applied }: KudosHand): Split {
  const { "f:metadata": metadata, "f:status": status, ...rest } = fields;
  const said = intersection(
    { ...rest, ...(isMap(metadata) && { "f:metadata": metadata }) },
    applied,
  );
  const whole = hasDefaults(live) ? union(rest, said) : said;
  const moved = union(whole, annotationSet(ANNOTATION.lastApplied));
  return {
    moved: live.kind === "Job" ? difference(moved, JOB_NOTES) : moved,
    kept: status === undefined ? {} : { "f:status": status },
  };
}

/** The fields of a set that a value has. */
export function intersection(fields: FieldSet, value: unknown): FieldSet {
  const common: Record<string, unknown> = {};
  for (const [key, below] of Object.entries(fields)) {
    if (key === ".") {
      common[key] = below;
      continue;
    }
    const member = memberOf(key, value);
    if (member === undefined || !isMap(below)) continue;
    if (Object.keys(below).length === 0) {
      common[key] = below;
      continue;
    }
    const deeper = intersection(below, member);
    if (Object.keys(deeper).length > 0) common[key] = deeper;
  }
  return common;
}

/** What a Job's pods carry since KUDO made it stays: its template may never change, and ours has none of it (compat D-33). */
const JOB_NOTES: FieldSet = {
  "f:spec": {
    "f:template": {
      "f:metadata": {
        "f:annotations": {
          ".": {},
          [`f:${ANNOTATION.operatorVersion}`]: {},
          [`f:${ANNOTATION.dependenciesHash}`]: {},
        },
      },
    },
  },
};

/** Kinds of Kubernetes' own whose fields the server fills in: those with a `spec`. */
function hasDefaults({ apiVersion, spec }: KubeObject): boolean {
  const group = groupOf(apiVersion);
  return isMap(spec) && (!group.includes(".") || group.endsWith(".k8s.io"));
}

function annotationSet(key: string): FieldSet {
  return { "f:metadata": { "f:annotations": { [`f:${key}`]: {} } } };
}

function hasAnnotation(fields: FieldSet): boolean {
  const metadata = fields["f:metadata"];
  const annotations = isMap(metadata) ? metadata["f:annotations"] : undefined;
  return isMap(annotations) && `f:${ANNOTATION.lastApplied}` in annotations;
}

function memberOf(key: string, value: unknown): unknown {
  const text = key.slice(2);
  switch (key.slice(0, 2)) {
    case "f:":
      return isMap(value) ? value[text] : undefined;
    case "k:":
      return itemsOf(value).find((item) => hasKeys(item, JSON.parse(text)));
    case "v:": {
      const wanted: unknown = JSON.parse(text);
      return itemsOf(value).find((item) => item === wanted);
    }
    case "i:":
      return itemsOf(value)[Number(text)];
    default:
      return undefined;
  }
}

/** A key that the text leaves to the server's default (the protocol of a port) is not said and still the item's. */
function hasKeys(item: unknown, keys: unknown): boolean {
  return (
    isMap(item) &&
    isMap(keys) &&
    Object.entries(keys).every(([name, value]) => item[name] === value || !(name in item)) &&
    Object.entries(keys).some(([name, value]) => item[name] === value)
  );
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}
