import { canonicalJson } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";

/** What a cluster holds, object by object, without what is another each time. */
export type NormalState = ReadonlyMap<string, string>;

/**
 * What two worlds that came to the same have in common. Left out or made equal, with the reason:
 *
 * - uids, resourceVersions, times, tokens of leases and of records: made anew each time;
 * - Events, Endpoints, nodes, the places and addresses of pods: what the simulated cluster does, in its own time;
 * - names that a controller made up (pods and ReplicaSets of Deployments): only how many there are;
 * - generated secrets, and hashes over them (their salt is random);
 * - managed fields: who first created an object is told from who took it over, and says nothing about it;
 * - which step an object names as its last, in its annotations and in the inventory: of several that apply it at the same time it is whoever came first;
 * - the Lease but for whether there is one (who holds it is judged for itself); how often a run was driven.
 */
export function normalState(objects: readonly KubeObject[]): NormalState {
  const names = new Map<string, number>();
  const entries = objects.flatMap((object): [string, string][] => {
    // The certificate of a server is its own.
    if (LEFT_OUT.has(object.kind) || object.metadata.name === "kube-root-ca.crt") return [];
    const name = normalName(object);
    const key = `${object.kind} ${object.metadata.namespace ? `${object.metadata.namespace}/` : ""}${name}`;
    const n = names.get(key) ?? 0;
    names.set(key, n + 1);
    return [[n === 0 ? key : `${key} (${n + 1})`, normalText(object)]];
  });
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How two states differ, one sentence an object. */
export function differences(wanted: NormalState, found: NormalState): readonly string[] {
  const keys = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  return keys.flatMap((key) => {
    const [one, two] = [wanted.get(key), found.get(key)];
    if (one === two) return [];
    if (one === undefined) return [`${key} is there, and should not be`];
    if (two === undefined) return [`${key} is missing`];
    return [`${key}: ${firstDifference(JSON.parse(one), JSON.parse(two), "")}`];
  });
}

const LEFT_OUT: ReadonlySet<string> = new Set([
  "Event",
  "Endpoints",
  "EndpointSlice",
  "Node",
  "ControllerRevision",
]);

/** Names with a random tail count as one. */
function normalName(object: KubeObject): string {
  const { metadata, kind } = object;
  const { name, ownerReferences: [owner] = [] } = metadata;
  if (kind === "PersistentVolume") return `of ${claimOf(object)}`;
  if (kind === "ReplicaSet" && owner) return `${owner.name}-*`;
  if (kind === "Pod" && owner?.kind === "ReplicaSet")
    return `${owner.name.replace(/-[^-]*$/, "")}-*`;
  if (kind === "Pod" && owner?.kind === "Job") return `${owner.name}-*`;
  return name;
}

function claimOf({ spec }: KubeObject): string {
  return (spec as { readonly claimRef?: { readonly name?: string } }).claimRef?.name ?? "nobody";
}

function normalText(object: KubeObject): string {
  if (object.kind === "Lease") return '"Lease"';
  return canonicalJson(normalValue(object, [], object) ?? null);
}

const DROPPED: ReadonlySet<string> = new Set([
  "uid",
  "resourceVersion",
  "managedFields",
  "nodeName",
  "podIP",
  "podIPs",
  "hostIP",
  "hostIPs",
  "clusterIP",
  "clusterIPs",
  "containerID",
  "volumeName",
  "kplan.dev/token",
  "kudo.dev/dependencies-hash",
  "kudo.dev/last-plan-execution-uid",
  "kudo.dev/plan",
  "kudo.dev/phase",
  "kudo.dev/step",
  "kplan.dev/instance-uid",
  "pod-template-hash",
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
  "controller-revision-hash",
  "currentRevision",
  "updateRevision",
  "volume.kubernetes.io/selected-node",
  "observedGeneration",
  "deployment.kubernetes.io/revision",
  "collisionCount",
]);

function normalValue(value: unknown, path: readonly string[], object: KubeObject): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normalValue(item, path, object));
    return UNORDERED.has(path.at(-1) ?? "")
      ? items.map((item) => canonicalJson(item as never)).sort()
      : items;
  }
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) => {
        if (DROPPED.has(key)) return [];
        const at = [...path, key];
        const normal = normalMember(member, at, object);
        return normal === undefined ? [] : [[key, normal]];
      }),
    );
  return typeof value === "string" ? normalString(value) : value;
}

/** Lists that are sets. */
const UNORDERED: ReadonlySet<string> = new Set([
  "inventory",
  "finished",
  "conditions",
  "ownerReferences",
]);

function normalMember(member: unknown, at: readonly string[], object: KubeObject): unknown {
  const [first, second] = at;
  // Every driver writes the values and the plan that are wanted into the Instance.
  if (object.kind === "Instance" && second === "generation") return undefined;
  if (second === "annotations" && at.length === 2) {
    const kept = normalValue(member, at, object) as object;
    return Object.keys(kept).length === 0 ? undefined : kept;
  }
  if (object.kind === "Secret" && first === "data" && at.length === 2) return "secret";
  if (first === "metadata" && second === "name" && at.length === 2) return normalName(object);
  if (first === "metadata" && second === "generateName") return "generated";
  if (at.at(-1) === "ownerReferences" && Array.isArray(member))
    return member.map(({ kind }: { readonly kind: string }) => kind);
  if (object.kind === "ConfigMap" && first === "data" && at.length === 2)
    return configText(member, second);
  return normalValue(member, at, object);
}

/** Run records and recorded acts are JSON in a ConfigMap. */
function configText(member: unknown, key: string | undefined): unknown {
  if (typeof member !== "string") return member;
  if (key === "token" || key === "run") return "uid";
  if (!member.startsWith("{")) return normalString(member);
  try {
    const record = JSON.parse(member) as Record<string, unknown>;
    return key === "run.json" ? normalRecord(record) : normalString(member);
  } catch {
    return normalString(member);
  }
}

/** Who asked and when is told anew by each driver; what was decided, done and made is not. */
function normalRecord(record: Record<string, unknown>): unknown {
  const { times, updatedAt: _u, startedAt: _s, finishedAt, cause, hashSalt: _h, ...rest } = record;
  const { parameters, inventory, meters: _m, ...others } = rest;
  const made = (inventory as readonly { readonly ref: unknown }[] | undefined) ?? [];
  const changes = (cause as { readonly changes?: unknown } | undefined)?.changes;
  return normalValue(
    {
      ...others,
      parameters,
      inventory: made.map(({ ref }) => ref),
      changes,
      closed: finishedAt !== undefined,
      timed: Object.keys((times as object | undefined) ?? {}).sort(),
    },
    ["data", "run.json"],
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "" } },
  );
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const HASH = /\b[0-9a-f]{64}\b/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const ADDRESS = /\b10\.\d+\.\d+\.\d+\b/g;

function normalString(text: string): string {
  return text
    .replace(UUID, "<uid>")
    .replace(HASH, "<hash>")
    .replace(TIME, "<time>")
    .replace(ADDRESS, "<address>");
}

function firstDifference(one: unknown, two: unknown, path: string): string {
  if (isObject(one) && isObject(two)) {
    for (const key of [...new Set([...Object.keys(one), ...Object.keys(two)])].sort()) {
      if (canonicalJson((one[key] ?? null) as never) === canonicalJson((two[key] ?? null) as never))
        continue;
      return firstDifference(one[key], two[key], path === "" ? key : `${path}.${key}`);
    }
  }
  return `${path || "it"} is ${shortened(two)}, undisturbed ${shortened(one)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shortened(value: unknown): string {
  const text = value === undefined ? "absent" : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
