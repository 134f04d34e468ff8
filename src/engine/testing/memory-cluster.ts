import {
  type ApplyOptions,
  type Cluster,
  ClusterError,
  type ClusterErrorKind,
  type DeleteOptions,
  type ExecOptions,
  type ExecResult,
  type ListQuery,
  type Resource,
  type WatchEvent,
  type WriteOptions,
} from "../../model/cluster.ts";
import { canonicalJson, isMap } from "../../model/json.ts";
import {
  type KubeObject,
  type ObjectRef,
  refKey,
  refOf,
  refText,
} from "../../model/kube-object.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A call as a fault hook sees it. */
export interface MemoryCall {
  readonly verb: "get" | "list" | "watch" | "create" | "apply" | "replace" | "delete";
  readonly ref: ObjectRef;
  readonly dryRun: boolean;
}

/** How a memory cluster behaves. */
export interface MemoryOptions {
  /** Acts on objects like a controller, after each write that changed one. */
  readonly controllers?: Readonly<Record<string, Controller>>;
  /** Throws to make a call fail. */
  readonly fault?: (call: MemoryCall) => void;
  /** Milliseconds from the request to the disappearance of an object. */
  readonly deletionTakes?: number;
  /** Kinds that are not served (yet). */
  readonly notServed?: readonly string[];
  /** Whether it says of itself that no container runs; it does when absent. */
  readonly simulated?: boolean;
  /** Answers commands; without it, or with undefined, none runs. */
  readonly exec?: (
    pod: ObjectRef,
    options: ExecOptions,
    cluster: MemoryCluster,
  ) => ExecResult | undefined | Promise<ExecResult | undefined>;
  /** What a pod prints, each line after so many milliseconds more; then its container has ended. Nothing when absent. */
  readonly log?: (pod: ObjectRef) => Iterable<readonly [afterMs: number, line: string]>;
  readonly mayI?: (
    verb: string,
    ref: { readonly kind: string; readonly subresource?: string },
  ) => boolean;
}

/** Sees an object that was written, and the cluster to act on. */
export type Controller = (object: KubeObject, cluster: MemoryCluster) => Promise<void> | void;

/** An honest little cluster for the engine's tests: versions, generations, fences, dry runs, watches. No container runs, no schema is known. */
export interface MemoryCluster extends Cluster {
  /** `POST ConfigMap a (dry run)`, …: every request in order. */
  readonly log: readonly string[];
  readonly objects: () => KubeObject[];
  readonly setStatus: (ref: ObjectRef, status: unknown) => void;
  /** Stores an object as somebody else's work. */
  readonly put: (object: KubeObject) => KubeObject;
  /** Removes an object at once, as somebody else's work. */
  readonly remove: (ref: ObjectRef) => void;
  /** Says that a field (`spec.replicas`) is another manager's. */
  readonly claim: (ref: ObjectRef, field: string, manager: string) => void;
}

const NOTHING_RUNS: ExecResult = {
  exitCode: 126,
  stdout: "",
  stderr: "simulated: no container runs",
};

const CLUSTER_SCOPED = ["Namespace", "CustomResourceDefinition", "ClusterRole", "StorageClass"];

/** A cluster on a clock, with namespace `db`. */
export function createMemoryCluster(
  clock: VirtualClock,
  options: MemoryOptions = {},
): MemoryCluster {
  const store = new Map<string, KubeObject>();
  const applied = new Map<string, KubeObject>();
  const claims = new Map<string, Map<string, string>>();
  const watchers = new Set<(event: WatchEvent, object: KubeObject) => void>();
  const log: string[] = [];
  let version = 1000;
  let uids = 0;

  const enter = async (call: MemoryCall, text: string): Promise<void> => {
    log.push(`${text} ${refText(call.ref)}${call.dryRun ? " (dry run)" : ""}`);
    await Promise.resolve();
    options.fault?.(call);
  };
  const tell = (type: "added" | "modified" | "deleted", object: KubeObject): void => {
    for (const watcher of [...watchers]) watcher({ type, object }, object);
  };
  const control = (object: KubeObject): void => {
    const act = options.controllers?.[object.kind];
    if (act !== undefined) void Promise.resolve().then(() => act(object, cluster));
  };
  const save = (object: KubeObject, before: KubeObject | undefined): KubeObject => {
    const specChanged = canonicalJson(object.spec) !== canonicalJson(before?.spec);
    const generation = (before?.metadata.generation ?? 0) + (specChanged || !before ? 1 : 0);
    const { uid } = before?.metadata ?? {};
    const saved: KubeObject = {
      ...structuredClone(object),
      metadata: {
        ...structuredClone(object.metadata),
        uid: uid ?? `uid-${++uids}`,
        generation,
        resourceVersion: String(++version),
      },
    };
    store.set(refKey(refOf(saved)), saved);
    tell(before === undefined ? "added" : "modified", saved);
    return structuredClone(saved);
  };
  const drop = (ref: ObjectRef): void => {
    const live = store.get(refKey(ref));
    if (live === undefined) return;
    store.delete(refKey(ref));
    applied.delete(refKey(ref));
    tell("deleted", {
      ...live,
      metadata: { ...live.metadata, resourceVersion: String(++version) },
    });
  };
  const fail = (kind: ClusterErrorKind, ref: ObjectRef, message: string): ClusterError =>
    new ClusterError(kind, message, { ref });
  const fence = (ref: ObjectRef, live: KubeObject, uid?: string, rv?: string): void => {
    const moved =
      (uid && uid !== live.metadata.uid) || (rv && rv !== live.metadata.resourceVersion);
    if (moved) throw fail("conflict", ref, `${refText(ref)} was changed meanwhile`);
  };
  const matches = (object: KubeObject, query: ListQuery): boolean => {
    const { kind, namespace, name, labelSelector = "" } = query;
    const labels = object.metadata.labels ?? {};
    return (
      object.kind === kind &&
      (namespace === undefined || namespace === object.metadata.namespace) &&
      (name === undefined || name === object.metadata.name) &&
      labelSelector
        .split(",")
        .filter(Boolean)
        .every(
          (pair) => labels[pair.slice(0, pair.indexOf("="))] === pair.slice(pair.indexOf("=") + 1),
        )
    );
  };
  const select = (query: ListQuery): KubeObject[] =>
    [...store.values()]
      .filter((object) => matches(object, query))
      .map((one) => structuredClone(one));

  const cluster: MemoryCluster = {
    server: "https://memory:6443",
    simulated: options.simulated ?? true,
    log,
    requests: () => log.length,
    objects: () => [...store.values()].map((object) => structuredClone(object)),
    setStatus: (ref, status) => {
      const live = store.get(refKey(ref));
      if (live !== undefined) save({ ...live, status }, live);
    },
    put: (object) => save(object, store.get(refKey(refOf(object)))),
    remove: drop,
    claim: (ref, field, manager) => {
      const fields = claims.get(refKey(ref)) ?? new Map<string, string>();
      claims.set(refKey(ref), fields.set(field, manager));
    },
    capabilities: async () => ({ KubeVersion: { Major: 1, Minor: 30 }, APIVersions: [] }),
    resourceOf: async (apiVersion, kind): Promise<Resource> => {
      const served = [...store.values()].some(
        ({ kind: of, spec, status }) =>
          of === "CustomResourceDefinition" &&
          canonicalJson(spec).includes(`"kind":"${kind}"`) &&
          isMap(status),
      );
      if (options.notServed?.includes(kind) && !served)
        throw new ClusterError("not-served", `the server does not serve ${apiVersion} ${kind}`);
      const namespaced = !CLUSTER_SCOPED.includes(kind);
      const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
      return { apiVersion, kind, plural: `${kind.toLowerCase()}s`, namespaced, verbs };
    },
    get: async (ref) => {
      await enter({ verb: "get", ref, dryRun: false }, "GET");
      const live = store.get(refKey(ref));
      return live && structuredClone(live);
    },
    list: async (query) => {
      await enter({ verb: "list", ref: { name: "", ...query }, dryRun: false }, "LIST");
      return { items: select(query), resourceVersion: String(version) };
    },
    async *watch(query, { signal }) {
      await enter({ verb: "watch", ref: { name: "", ...query }, dryRun: false }, "WATCH");
      const queue: WatchEvent[] = [{ type: "listed", items: select(query) }];
      let wake = (): void => undefined;
      const watcher = (event: WatchEvent, object: KubeObject): void => {
        if (!matches(object, query)) return;
        queue.push(structuredClone(event));
        wake();
      };
      watchers.add(watcher);
      const stop = (): void => wake();
      signal.addEventListener("abort", stop);
      try {
        while (!signal.aborted) {
          const event = queue.shift();
          if (event !== undefined) yield event;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      } finally {
        watchers.delete(watcher);
        signal.removeEventListener("abort", stop);
      }
    },
    create: async (object, { dryRun = false }: WriteOptions = {}) => {
      const ref = refOf(object);
      await enter({ verb: "create", ref, dryRun }, "POST");
      await cluster.resourceOf(ref.apiVersion, ref.kind);
      if (store.has(refKey(ref))) throw fail("already-exists", ref, `${refText(ref)} exists`);
      if (dryRun) return structuredClone(object);
      applied.set(refKey(ref), object);
      const saved = save(object, undefined);
      control(saved);
      return saved;
    },
    apply: async (object, { dryRun = false, force = false }: ApplyOptions = {}) => {
      const ref = refOf(object);
      await enter({ verb: "apply", ref, dryRun }, "APPLY");
      const live = store.get(refKey(ref));
      if (live === undefined) throw fail("not-found", ref, `there is no ${refText(ref)}`);
      const { uid, resourceVersion, ...metadata } = object.metadata;
      fence(ref, live, uid, resourceVersion);
      const wanted = { ...object, metadata } as KubeObject;
      for (const [field, manager] of claims.get(refKey(ref)) ?? [])
        if (!force && at(wanted, field) !== undefined && at(wanted, field) !== at(live, field))
          throw new ClusterError(
            "conflict",
            `${refText(ref)}: field .${field} is managed by ${manager}`,
            { ref, conflicts: [{ manager, field: `.${field}` }] },
          );
      const after = merged(live, applied.get(refKey(ref)) ?? {}, wanted) as KubeObject;
      if (dryRun) return structuredClone(after);
      applied.set(refKey(ref), wanted);
      if (canonicalJson(after) === canonicalJson(live)) return structuredClone(live);
      const saved = save(after, live);
      control(saved);
      return saved;
    },
    replace: async (object, { dryRun = false }: WriteOptions = {}) => {
      const ref = refOf(object);
      await enter({ verb: "replace", ref, dryRun }, "PUT");
      const live = store.get(refKey(ref));
      if (live === undefined) throw fail("not-found", ref, `there is no ${refText(ref)}`);
      fence(ref, live, object.metadata.uid, object.metadata.resourceVersion);
      if (dryRun) return structuredClone(object);
      return save(object, live);
    },
    patch: async () => await Promise.reject(new Error("not of use to the engine")),
    delete: async (ref, { dryRun = false, uid, resourceVersion }: DeleteOptions = {}) => {
      await enter({ verb: "delete", ref, dryRun }, "DELETE");
      const live = store.get(refKey(ref));
      if (live === undefined) return false;
      fence(ref, live, uid, resourceVersion);
      if (dryRun) return "leaving";
      const deletionTimestamp = clock.now().toISOString();
      const leaving = save({ ...live, metadata: { ...live.metadata, deletionTimestamp } }, live);
      const vanish = (): void => {
        const now = store.get(refKey(ref));
        if (now?.metadata.uid === leaving.metadata.uid && !now?.metadata.finalizers?.length)
          drop(ref);
      };
      if (options.deletionTakes === undefined) vanish();
      else void clock.sleep(options.deletionTakes).then(vanish);
      return "leaving";
    },
    logs: async (pod, { previous }) =>
      previous ? `starting ${pod.name}\nerror: no such file` : "running",
    async *followLog(pod, { signal }) {
      for (const [afterMs, line] of options.log?.(pod) ?? []) {
        await clock.sleep(afterMs, signal).catch(() => undefined);
        if (signal.aborted || !store.has(refKey(pod))) return;
        yield line;
      }
    },
    exec: async (pod, how) => {
      log.push(`EXEC ${refText(pod)}: ${how.command.join(" ")}`);
      await Promise.resolve();
      return (await options.exec?.(pod, how, cluster)) ?? NOTHING_RUNS;
    },
    serverTime: async () => clock.now().getTime(),
    mayI: async (verb, ref) => options.mayI?.(verb, ref) ?? true,
    close: () => undefined,
  };
  return cluster;
}

/** The live object with what was applied before and is no more taken away, and what is applied now put in. */
function merged(live: unknown, before: unknown, now: unknown): unknown {
  if (!isMap(live) || !isMap(now)) return now;
  const old = isMap(before) ? before : {};
  const kept = Object.entries(live).filter(([key]) => !(key in old) || key in now);
  const put = Object.entries(now).map(([key, value]) => [key, merged(live[key], old[key], value)]);
  return { ...Object.fromEntries(kept), ...Object.fromEntries(put) };
}

function at(object: unknown, field: string): unknown {
  return field
    .split(".")
    .reduce<unknown>((value, key) => (isMap(value) ? value[key] : undefined), object);
}
