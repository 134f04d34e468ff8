import type { Cluster, ListQuery } from "../../src/model/cluster.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";

/** What happened to a set of pods, in order: `+a-0`, `ready a-0`, `end a-0` (deletion asked for), `-a-0`. */
export interface PodLog {
  readonly lines: readonly string[];
  /** The pods as they are now, by name. */
  readonly pods: ReadonlyMap<string, KubeObject>;
  /** Resolves once changes are followed: what is made after that is seen being made. */
  readonly started: Promise<void>;
  /** Resolves when `test` holds; rejects after a while with what was seen. */
  until(test: (log: PodLog) => boolean): Promise<void>;
  stop(): void;
}

/** Follows the pods of a label selector. */
export function followPods(cluster: Cluster, namespace: string, labelSelector: string): PodLog {
  const lines: string[] = [];
  const pods = new Map<string, KubeObject>();
  const ended = new AbortController();
  const waiting = new Set<() => void>();
  let begin: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const see = (pod: KubeObject): void => {
    const { name } = pod.metadata;
    const before = pods.get(name);
    if (before === undefined) lines.push(`+${name}`);
    if (pod.metadata.deletionTimestamp && !before?.metadata.deletionTimestamp)
      lines.push(`end ${name}`);
    if (isReady(pod) && !(before !== undefined && isReady(before))) lines.push(`ready ${name}`);
    pods.set(name, pod);
  };
  const follow = async (): Promise<void> => {
    const query = { apiVersion: "v1", kind: "Pod", namespace, labelSelector };
    for await (const event of cluster.watch(query, { signal: ended.signal })) {
      if (event.type === "listed") {
        for (const pod of event.items) see(pod);
        begin();
      } else if (event.type === "deleted") {
        lines.push(`-${event.object.metadata.name}`);
        pods.delete(event.object.metadata.name);
      } else if (event.type !== "polling") see(event.object);
      for (const look of [...waiting]) look();
    }
  };
  const log: PodLog = {
    lines,
    pods,
    started,
    until: (test) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`waited in vain; seen: ${lines.join(", ")}`)),
          PATIENCE,
        );
        const look = (): void => {
          if (!test(log)) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    stop: () => ended.abort(),
  };
  follow().catch((error: unknown) => {
    if (!ended.signal.aborted) lines.push(`watch failed: ${String(error)}`);
  });
  return log;
}

/** Collects what an object was like after each change, until `signal` aborts; resolves once changes are followed. */
export function followObject(
  cluster: Cluster,
  query: ListQuery,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const states: KubeObject[] = [];
  return new Promise((resolve, reject) => {
    const follow = async (): Promise<void> => {
      for await (const event of cluster.watch(query, { signal })) {
        if (event.type === "listed") resolve(states);
        if (event.type === "added" || event.type === "modified") states.push(event.object);
      }
    };
    follow().catch(reject);
  });
}

/** Milliseconds after which a test gives up waiting. */
export const PATIENCE: number = process.env.KPLAN_CONFORMANCE === "real" ? 120_000 : 60_000;

/** True when a pod's Ready condition says so. */
export function isReady(pod: KubeObject): boolean {
  const { conditions = [] } = (pod.status ?? {}) as {
    conditions?: { type: string; status: string }[];
  };
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
