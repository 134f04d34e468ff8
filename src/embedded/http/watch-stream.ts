import { after, type Clock } from "../../model/clock.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { apiVersionOf, storageKey } from "../kinds/served-kind.ts";
import { selectorOf } from "../objects/list-objects.ts";
import type { StoredChange } from "../store.ts";
import { expired } from "./api-error.ts";
import type { ApiRequest } from "./request.ts";
import { type IncludeObject, tableOf } from "./table.ts";

/** Time between bookmarks, and how long before the end of a watch the last one is sent, in milliseconds. */
const BOOKMARK_EVERY = 60_000;
const BOOKMARK_BEFORE_END = 2_000;
/** A watch that names no time ends after this, in milliseconds. */
const DEFAULT_TIMEOUT = 45 * 60_000;
/** Bytes that may wait for a slow watcher before it is cut off. */
const MAX_BACKLOG = 32 << 20;

/**
 * Answers a watch request: one JSON line for each change, until the time is up, the client goes, or the server closes.
 * A version that is no longer remembered is answered in the stream (ERROR, 410), as kube-apiserver's cache does.
 */
export function streamWatch(request: ApiRequest, asTable: IncludeObject | undefined): void {
  const { state, kind, namespace, name, query, outgoing, closing } = request;
  const { store, clock } = state;
  const selects = selectorOf(kind, query);
  const wanted = (object: KubeObject | undefined): boolean =>
    object !== undefined &&
    (namespace === undefined || (object.metadata.namespace ?? "") === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    (selects?.(object) ?? true);
  const write = (type: string, object: object): void => {
    outgoing.write(`${JSON.stringify({ type, object })}\n`);
    if (outgoing.writableLength > MAX_BACKLOG) outgoing.destroy();
  };
  let first = true;
  const writeObject = (type: string, object: KubeObject): void => {
    const as = { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind };
    if (asTable === undefined) {
      write(type, as);
      return;
    }
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    const table = tableOf(kind, [as], metadata, clock.now().getTime(), asTable);
    write(type, first ? table : { ...table, columnDefinitions: null });
    first = false;
  };
  let version = 0;
  const tell = (change: StoredChange): void => {
    version = change.version;
    const [is, was] = [change.type !== "deleted" && wanted(change.object), wanted(change.previous)];
    if (is) writeObject(was ? "MODIFIED" : "ADDED", change.object);
    else if (was) writeObject("DELETED", lastState(change));
  };
  const bookmark = (annotations?: Record<string, string>): void =>
    write("BOOKMARK", {
      kind: kind.kind,
      apiVersion: apiVersionOf(kind),
      metadata: {
        resourceVersion: String(Math.max(version, store.toldVersion)),
        creationTimestamp: null,
        ...(annotations && { annotations }),
      },
    });

  outgoing.writeHead(200, {
    "content-type": "application/json",
    "cache-control": "no-cache, private",
  });
  outgoing.flushHeaders();
  const key = storageKey(kind);
  const from = query.get("resourceVersion") || "0";
  const initial = query.get("sendInitialEvents") === "true";
  if (from === "0" || initial) {
    version = store.toldVersion;
    for (const object of store.list(key, namespace).filter(wanted)) writeObject("ADDED", object);
    if (initial) bookmark({ "k8s.io/initial-events-end": "true" });
  } else {
    const missed = store.since(key, Number(from));
    if (!missed) {
      const message = `too old resource version: ${from} (${store.version})`;
      write("ERROR", expired(message).body);
      outgoing.end();
      return;
    }
    for (const change of missed) tell(change);
  }
  const began = version;
  const unsubscribe = store.subscribe(key, (change) => {
    if (change.version > began) tell(change);
  });
  const timeout = Math.min(
    Number(query.get("timeoutSeconds") ?? 0) * 1000 || DEFAULT_TIMEOUT,
    2 ** 31 - 1,
  );
  const bookmarks = query.get("allowWatchBookmarks") === "true";
  const stops = [
    after(clock, timeout, () => outgoing.end()),
    ...(bookmarks
      ? [
          every(clock, BOOKMARK_EVERY, () => bookmark()),
          after(clock, Math.max(0, timeout - BOOKMARK_BEFORE_END), () => bookmark()),
        ]
      : []),
  ];
  const end = (): void => {
    unsubscribe();
    for (const stop of stops) stop();
    closing.removeEventListener("abort", cut);
  };
  const cut = (): void => {
    outgoing.end();
  };
  closing.addEventListener("abort", cut);
  outgoing.on("close", end);
}

/** Calls back again and again. The answer ends it. */
function every(clock: Clock, ms: number, act: () => void): () => void {
  let stop = after(clock, ms, again);
  function again(): void {
    stop = after(clock, ms, again);
    act();
  }
  return () => stop();
}

/** A deleted object, or one that left the selection: as it last was, at the version of the change. */
function lastState({ type, object, previous }: StoredChange): KubeObject {
  if (type === "deleted" || !previous) return object;
  const resourceVersion = object.metadata.resourceVersion ?? "";
  return { ...previous, metadata: { ...previous.metadata, resourceVersion } };
}
