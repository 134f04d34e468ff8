import { setMaxListeners } from "node:events";
import type { Cluster, ListQuery } from "../../model/cluster.ts";
import type { Emit } from "../../model/event.ts";
import { canonicalJson } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";

/** One watch for each query of a run, however many look at it. */
export interface WatchHub {
  /** Looks at a query; `changed` is called at once, in the turn of the event, whenever `objects` or `failure` changed. */
  look(query: ListQuery, changed: () => void): Look;
  /** Says something that is true of the whole run once. */
  warnOnce(message: string): void;
  /** Ends all watches. */
  close(): void;
}

/** What a query shows now. */
export interface Look {
  /** undefined until the first list has come. */
  objects(): readonly KubeObject[] | undefined;
  /** Why the watch ended: only what cannot mend itself. */
  failure(): unknown;
  /** Stop looking. The watch goes on until the hub is closed: the next step may want it, and beginning anew costs two requests. */
  close(): void;
}

/** A hub on a cluster; says once for each kind when it has to be polled. */
export function createWatchHub(cluster: Cluster, emit: Emit): WatchHub {
  const closing = new AbortController();
  // One listener for each watch.
  setMaxListeners(0, closing.signal);
  const feeds = new Map<string, Feed>();
  const polled = new Set<string>();
  const said = new Set<string>();
  const warnOnce = (message: string): void => {
    if (said.has(message)) return;
    said.add(message);
    emit({ type: "warning", message });
  };
  const say = (query: ListQuery, reason: string): void => {
    if (polled.has(query.kind)) return;
    polled.add(query.kind);
    emit({ type: "warning", message: `${query.kind} is polled, not watched: ${reason}` });
  };
  return {
    look(query, changed) {
      const key = canonicalJson(query);
      let feed = feeds.get(key);
      if (feed === undefined || feed.failure !== undefined) {
        feed = { listeners: new Set(), objects: undefined, failure: undefined };
        feeds.set(key, feed);
        void follow(cluster, query, feed, closing.signal, say);
      }
      return looking(feed, changed);
    },
    warnOnce,
    close: () => closing.abort(),
  };
}

interface Feed {
  readonly listeners: Set<() => void>;
  objects: Map<string, KubeObject> | undefined;
  failure: unknown;
}

function looking(feed: Feed, changed: () => void): Look {
  // A function of its own, so that two looks with the same callback end separately.
  const listener = (): void => changed();
  feed.listeners.add(listener);
  return {
    objects: () => feed.objects && [...feed.objects.values()],
    failure: () => feed.failure,
    close: () => {
      feed.listeners.delete(listener);
    },
  };
}

async function follow(
  cluster: Cluster,
  query: ListQuery,
  feed: Feed,
  signal: AbortSignal,
  say: (query: ListQuery, reason: string) => void,
): Promise<void> {
  try {
    for await (const event of cluster.watch(query, { signal })) {
      if (event.type === "polling") {
        say(query, event.reason);
        continue;
      }
      if (event.type === "listed")
        feed.objects = new Map(event.items.map((item) => [keyOf(item), item]));
      else if (event.type === "deleted") feed.objects?.delete(keyOf(event.object));
      else feed.objects?.set(keyOf(event.object), event.object);
      for (const listener of [...feed.listeners]) listener();
    }
  } catch (error) {
    if (signal.aborted) return;
    feed.failure = error;
    // What it showed last is not so any more.
    feed.objects = undefined;
    for (const listener of [...feed.listeners]) listener();
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
