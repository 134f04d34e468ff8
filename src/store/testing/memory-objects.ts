import { type Cluster, ClusterError, type ListQuery } from "../../model/cluster.ts";
import { isMap } from "../../model/json.ts";
import { type KubeObject, type ObjectRef, refKey, refOf } from "../../model/kube-object.ts";

/** Objects in memory behind the part of `Cluster` that the store uses, for tests. */
export interface MemoryObjects extends Cluster {
  readonly objects: Map<string, KubeObject>;
  /** Milliseconds since 1970, answered as the server's time. */
  now: number;
  /** Every write, as `verb Kind name`. */
  readonly writes: string[];
  /** Called before each call; may throw what the call then throws. */
  before: (verb: string, ref: ObjectRef) => void | Promise<void>;
}

/** A cluster of objects in memory, with resourceVersions, preconditions and merge patches; no controllers, no watch. */
export function memoryObjects(): MemoryObjects {
  const objects = new Map<string, KubeObject>();
  const writes: string[] = [];
  let version = 0;

  const self: Partial<MemoryObjects> & { before: MemoryObjects["before"]; now: number } = {
    objects,
    writes,
    now: Date.parse("2030-01-01T00:00:00Z"),
    before: () => {},
    async get(ref) {
      await self.before("get", ref);
      const found = objects.get(refKey(ref));
      return found && structuredClone(found);
    },
    async list(query) {
      await self.before("list", { ...query, name: "" });
      const items = [...objects.values()].filter((object) => matches(object, query));
      return { items: structuredClone(items), resourceVersion: String(version) };
    },
    async create(object) {
      const ref = refOf(object);
      await self.before("create", ref);
      if (objects.has(refKey(ref))) throw new ClusterError("already-exists", "there");
      return store("create", { ...object, metadata: { uid: `u${version}`, ...object.metadata } });
    },
    async replace(object) {
      const ref = refOf(object);
      await self.before("replace", ref);
      const present = requirePresent(ref, object.metadata.resourceVersion);
      return store("replace", {
        ...object,
        metadata: { ...object.metadata, ...uidOf(present) },
      });
    },
    async patch(ref, patch, options) {
      await self.before("patch", ref);
      const body = patch as { metadata?: { resourceVersion?: string } };
      const present = requirePresent(ref, body.metadata?.resourceVersion);
      const verb = options?.subresource ? "patch-status" : "patch";
      return store(verb, merged(present, patch) as KubeObject);
    },
    async delete(ref, options) {
      await self.before("delete", ref);
      if (!objects.has(refKey(ref))) return false;
      requirePresent(ref, options?.resourceVersion);
      objects.delete(refKey(ref));
      writes.push(`delete ${ref.kind} ${ref.name}`);
      return "gone";
    },
    serverTime: () => Promise.resolve(self.now),
    mayI: () => Promise.resolve(true),
  };
  return self as MemoryObjects;

  function requirePresent(ref: ObjectRef, resourceVersion: string | undefined): KubeObject {
    const present = objects.get(refKey(ref));
    if (!present) throw new ClusterError("not-found", "gone");
    const differs =
      resourceVersion !== undefined && resourceVersion !== present.metadata.resourceVersion;
    if (differs) throw new ClusterError("conflict", "another version");
    return present;
  }

  function store(verb: string, object: KubeObject): KubeObject {
    version += 1;
    const stored = structuredClone(object);
    stored.metadata.resourceVersion = String(version);
    objects.set(refKey(refOf(stored)), stored);
    writes.push(`${verb} ${stored.kind} ${stored.metadata.name}`);
    return structuredClone(stored);
  }
}

function uidOf({ metadata }: KubeObject): { readonly uid?: string } {
  return metadata.uid === undefined ? {} : { uid: metadata.uid };
}

/** RFC 7396. */
function merged(into: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result: Record<string, unknown> = isMap(into) ? { ...into } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = merged(result[key], value);
  }
  return result;
}

function matches(object: KubeObject, query: ListQuery): boolean {
  if (object.kind !== query.kind || object.metadata.namespace !== query.namespace) return false;
  const labels = object.metadata.labels ?? {};
  return (query.labelSelector ?? "")
    .split(",")
    .filter(Boolean)
    .every((term) => {
      const [key = "", value] = term.split(/!?=/);
      return term.includes("!=") ? labels[key] !== value : labels[key] === value;
    });
}
