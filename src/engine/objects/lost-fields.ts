import { isMap } from "../../model/json.ts";
import type { KubeObject, ManagedFieldsEntry } from "../../model/kube-object.ts";
import { ANNOTATION, FIELD_MANAGER } from "../../model/names.ts";

/** A field that we had written and have no more, and who was there last. */
export interface LostField {
  /** E.g. `.spec.replicas`, `.spec.containers[name="db"].image`. */
  readonly field: string;
  readonly manager: string;
}

/**
 * Fields that kplan's write set and that somebody has set to something else, or taken away, since: by managedFields, where each field is with whoever changed it last.
 * Those that the template gives up on purpose (`kplan.dev/take-fields`) do not count.
 */
export function lostFields(written: KubeObject, seen: KubeObject): LostField[] {
  // A watch that lags behind shows how it was before our write; versions count up on every server there is.
  if (Number(seen.metadata.resourceVersion) <= Number(written.metadata.resourceVersion)) return [];
  const ours = fieldsOf(written, isOurs);
  if (ours.size === 0) return [];
  const kept = fieldsOf(seen, isOurs);
  const given = (written.metadata.annotations?.[ANNOTATION.takeFields] ?? "").split(",");
  const free = new Set(given.map((field) => field.trim()));
  return (
    [...ours]
      // What the server fills in at a creation counts as ours until a controller fills in the truth.
      .filter((field) => !field.startsWith(".status") && !kept.has(field) && !free.has(field))
      .map((field) => ({ field, manager: managerOf(field, seen) }))
  );
}

function isOurs({ manager, subresource }: ManagedFieldsEntry): boolean {
  return manager === FIELD_MANAGER && !subresource;
}

/** Who has the field now; who wrote last, when nobody has. */
function managerOf(field: string, { metadata }: KubeObject): string {
  const others = (metadata.managedFields ?? []).filter(
    (entry) => entry.manager !== FIELD_MANAGER && entry.subresource !== "status",
  );
  const owner = others.find((entry) => pathsOf(entry.fieldsV1).some((path) => path === field));
  const last = [...others].sort((a, b) => (b.time ?? "").localeCompare(a.time ?? ""))[0];
  return (owner ?? last)?.manager ?? "somebody";
}

function fieldsOf(
  { metadata }: KubeObject,
  which: (entry: ManagedFieldsEntry) => boolean,
): ReadonlySet<string> {
  return new Set(
    (metadata.managedFields ?? []).filter(which).flatMap(({ fieldsV1 }) => leavesOf(fieldsV1)),
  );
}

/** Leaves of field sets that were looked at: an object is judged far more often than it is read. */
const leaves = new WeakMap<object, readonly string[]>();

/** The leaves of a field set (fieldsV1 of structured-merge-diff). */
function leavesOf(fields: unknown): readonly string[] {
  if (!isMap(fields)) return [];
  const known = leaves.get(fields);
  if (known) return known;
  const found = pathsOf(fields);
  leaves.set(fields, found);
  return found;
}

function pathsOf(fields: unknown, before = ""): string[] {
  if (!isMap(fields)) return [];
  return Object.entries(fields).flatMap(([key, below]) => {
    if (key === ".") return [];
    const path = `${before}${nameOf(key)}`;
    const deeper = pathsOf(below, path);
    return deeper.length === 0 ? [path] : deeper;
  });
}

/** `f:name` → `.name`, `k:{"name":"db"}` → `[name="db"]`, `v:"x"` → `[="x"]`. */
function nameOf(key: string): string {
  const rest = key.slice(2);
  if (key.startsWith("f:")) return `.${rest}`;
  if (!key.startsWith("k:")) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}]`;
}

/** `.spec.replicas and .spec.paused`; three at most are named. */
export function fieldsText(fields: readonly string[]): string {
  const named = fields.slice(0, 3).join(", ");
  return fields.length > 3 ? `${named} and ${fields.length - 3} more` : named;
}
