import { isDeepStrictEqual } from "node:util";
import type { KubeObject, ManagedFieldsEntry } from "../../model/kube-object.ts";
import { ApiError } from "../http/api-error.ts";
import { apiVersionOf, type ServedKind } from "../kinds/served-kind.ts";
import type { StructShape } from "../kinds/shape.ts";
import { compare, fieldsOf, mergeTyped, removePaths } from "../kinds/typed.ts";
import {
  difference,
  type Fields,
  intersection,
  pathTexts,
  sameFields,
  union,
  without,
} from "./fields.ts";

/** Who writes, when, and through which subresource. */
export interface FieldWriter {
  readonly manager: string;
  /** RFC 3339, seconds. */
  readonly time: string;
  readonly subresource: "status" | "scale" | undefined;
}

/** Fields that nobody owns. */
const UNOWNED: readonly (readonly string[])[] = [
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata", "."],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((name) => ["f:metadata", `f:${name}`]),
];

/** An entry of managedFields, taken apart. */
interface Managed {
  readonly entry: ManagedFieldsEntry;
  readonly fields: Fields | undefined;
}

/**
 * The managed fields after a write that was not an apply: the writer owns all that it changed, others lose it
 * (structured-merge-diff, Updater.Update). Before is undefined for a new object.
 */
export function managedAfterUpdate(
  kind: ServedKind,
  before: KubeObject | undefined,
  after: KubeObject,
  writer: FieldWriter,
): ManagedFieldsEntry[] {
  const old = before ?? zeroValue(kind.shape);
  const { added, modified, removed } = compare(old, after, kind.shape);
  const changed = without(union(added, modified), UNOWNED);
  const managed = readManaged(after);
  const others = managed
    .filter(({ entry }) => !isWriter(entry, writer, "Update"))
    .map((each) => withFields(each, difference(difference(each.fields, changed), removed)));
  const own = managed.find(({ entry }) => isWriter(entry, writer, "Update"));
  const fields = difference(union(own?.fields, changed), removed);
  return writeManaged([...others, entryFor(kind, writer, "Update", fields, own)]);
}

/** A value as it is before anything was set: what is there then is nobody's. */
function zeroValue(shape: StructShape): Record<string, unknown> {
  const zero: Record<string, unknown> = {};
  for (const [name, field] of shape.fields) {
    const struct = field.shape.type === "struct" && (field.always || name === "metadata");
    if (struct) zero[name] = zeroValue(field.shape as StructShape);
    else if (field.required && field.shape.type === "list") zero[name] = [];
  }
  return zero;
}

/** What an apply comes to. */
export interface Applied {
  readonly object: KubeObject;
  /** False when the object and all ownership stay as they are. */
  readonly changed: boolean;
}

/**
 * Server-side apply of `config` onto `live` (undefined: there is none), as structured-merge-diff's Updater.Apply: merge, remove
 * what this manager applied before and nobody else owns, and refuse fields of others unless forced.
 * Throws ApiError 409 with one cause for each field.
 */
export function applyFields(
  kind: ServedKind,
  live: KubeObject | undefined,
  config: KubeObject,
  writer: FieldWriter,
  force: boolean,
): Applied {
  const reset = ownedElsewhere(kind, writer);
  const fields = without(without(fieldsOf(config, kind.shape), UNOWNED), reset);
  const managed = live ? trackedFields(kind, live, writer) : [];
  const last = managed.find(({ entry }) => isWriter(entry, writer, "Apply"));
  const others = managed.filter((each) => each !== last);
  const kept = others.reduce((all, each) => union(all, each.fields), fields);

  const base = live ?? (zeroValue(kind.shape) as KubeObject);
  let merged = mergeTyped(base, config, kind.shape) as KubeObject;
  if (last?.fields)
    merged = removePaths(merged, last.fields, union(kept, IDENTITY), kind.shape) as KubeObject;

  const { added, modified, removed } = compare(base, merged, kind.shape);
  const changed = without(without(union(added, modified), UNOWNED), reset);
  if (!force) refuseConflicts(others, changed);
  const left = others.map((each) =>
    withFields(each, difference(difference(each.fields, changed), removed)),
  );
  const same = live !== undefined && !added && !modified && !removed;
  const entries = writeManaged([...left, entryFor(kind, writer, "Apply", fields, last)]);
  return {
    object: { ...merged, metadata: { ...merged.metadata, managedFields: entries } },
    changed: !(same && sameFields(fields, last?.fields)) || isUntracked(live),
  };
}

function isUntracked(live: KubeObject | undefined): boolean {
  return live !== undefined && (live.metadata.managedFields ?? []).length === 0;
}

/** What nobody has tracked so far belongs, with the first apply, to a manager made up for it (fieldmanager's skipNonAppliedManager). */
function trackedFields(kind: ServedKind, live: KubeObject, { time }: FieldWriter): Managed[] {
  const managed = readManaged(live);
  if (managed.length > 0) return managed;
  const first = { manager: "before-first-apply", time, subresource: undefined };
  const entries = managedAfterUpdate(kind, undefined, live, first);
  return readManaged({ ...live, metadata: { ...live.metadata, managedFields: entries } });
}

const IDENTITY: Fields = {
  "f:apiVersion": {},
  "f:kind": {},
  "f:metadata": { "f:name": {}, "f:namespace": {} },
};

/** What an apply through this endpoint neither sets nor owns. */
function ownedElsewhere(kind: ServedKind, { subresource }: FieldWriter): readonly string[][] {
  if (!kind.status) return [];
  return subresource === "status" ? [["f:spec"], ["f:metadata"]] : [["f:status"]];
}

function refuseConflicts(others: readonly Managed[], changed: Fields | undefined): void {
  const found = others
    .map(({ entry, fields }) => ({ entry, paths: pathTexts(intersection(fields, changed)) }))
    .filter(({ paths }) => paths.length > 0);
  if (found.length === 0) return;
  const causes = found.flatMap(({ entry, paths }) =>
    paths.map((field) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${managerText(entry)}`,
      field,
    })),
  );
  const many = causes.length === 1 ? "1 conflict" : `${causes.length} conflicts`;
  throw new ApiError(409, "Conflict", `Apply failed with ${many}: ${conflictText(found)}`, {
    causes,
  });
}

function conflictText(found: readonly { entry: ManagedFieldsEntry; paths: string[] }[]): string {
  const [only] = found;
  if (only && found.length === 1 && only.paths.length === 1)
    return `conflict with ${managerText(only.entry)}: ${only.paths[0]}`;
  const blocks = [...found]
    .sort((a, b) => (managerText(a.entry) < managerText(b.entry) ? -1 : 1))
    .map(({ entry, paths }) =>
      [`conflicts with ${managerText(entry)}:`, ...paths.map((path) => `- ${path}`)].join("\n"),
    );
  return blocks.join("\n");
}

function managerText({
  manager,
  subresource,
  operation,
  apiVersion,
  time,
}: ManagedFieldsEntry): string {
  const through = subresource ? ` with subresource "${subresource}"` : "";
  const using = operation === "Update" ? ` using ${apiVersion} at ${time}` : "";
  return `"${manager}"${through}${using}`;
}

function isWriter(
  entry: ManagedFieldsEntry,
  { manager, subresource }: FieldWriter,
  operation: "Apply" | "Update",
): boolean {
  return (
    entry.manager === manager && entry.operation === operation && entry.subresource === subresource
  );
}

function entryFor(
  kind: ServedKind,
  { manager, time, subresource }: FieldWriter,
  operation: "Apply" | "Update",
  fields: Fields | undefined,
  last: Managed | undefined,
): Managed {
  const unchanged = last && isDeepStrictEqual(last.fields, fields);
  const entry: ManagedFieldsEntry = {
    manager,
    operation,
    apiVersion: apiVersionOf(kind),
    time: (unchanged && last.entry.time) || time,
    fieldsType: "FieldsV1",
    ...(subresource && { subresource }),
  };
  return { entry, fields };
}

function readManaged(object: KubeObject): Managed[] {
  return (object.metadata.managedFields ?? []).map((entry) => ({
    entry,
    fields: entry.fieldsV1 as Fields | undefined,
  }));
}

function withFields({ entry }: Managed, fields: Fields | undefined): Managed {
  return { entry, fields };
}

/** Entries as they are stored: those that own nothing are gone; applies first, then by time and name. */
function writeManaged(managed: readonly Managed[]): ManagedFieldsEntry[] {
  return managed
    .filter(({ fields }) => fields !== undefined)
    .map(({ entry, fields }) => {
      const { subresource, ...rest } = entry;
      return { ...rest, fieldsV1: { ...fields }, ...(subresource && { subresource }) };
    })
    .sort((a, b) => (sortText(a) < sortText(b) ? -1 : 1));
}

function sortText({ operation, time, manager }: ManagedFieldsEntry): string {
  return `${operation} ${time} ${manager}`;
}
