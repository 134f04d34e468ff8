import { after } from "../../model/clock.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { groupOf } from "../../model/kube-object.ts";
import type { ControllerApi, ObjectChange, ObjectFilter } from "../controller-api.ts";
import { printingTime } from "../exec/log-lines.ts";
import { simulationOf } from "../exec/pod-simulation.ts";
import { nameFits } from "../exec/pod-words.ts";
import { ApiError } from "../http/api-error.ts";
import { type ServedKind, storageKey } from "../kinds/served-kind.ts";
import type { ServerState } from "../server-state.ts";
import { createObject } from "./create-object.ts";
import { deleteObject } from "./delete-object.ts";
import { eventRecorder } from "./event-recorder.ts";
import { readObject } from "./read-object.ts";
import { type ObjectPlace, readLive, storeChanged } from "./update-object.ts";

/** Name in the managed fields of what controllers write. */
const MANAGER = "kube-controller-manager";

/** The in-process side of the server, for controllers; `end` stops all that was scheduled. */
export function controllerApi(state: ServerState, speed: number, end: AbortSignal): ControllerApi {
  const { store, clock } = state;
  const kindOf = (name: string): ServedKind | undefined => namedKind(state, name);
  const record = eventRecorder(state);
  const placeOf = (object: KubeObject): ObjectPlace => {
    const { apiVersion, kind, metadata } = object;
    const served = state.kinds.byKind(groupOf(apiVersion), kind);
    if (!served) throw new ApiError(404, "NotFound", `${apiVersion} ${kind} is not served`);
    return { kind: served, namespace: metadata.namespace ?? "", name: metadata.name };
  };
  const write = (object: KubeObject, subresource?: "status"): KubeObject => {
    const place = placeOf(object);
    if (subresource) {
      const live = store.get(storageKey(place.kind), place.namespace, place.name);
      if (live && isAsStored(object, live)) return live;
    }
    const context = { manager: MANAGER, ...(subresource && { subresource }) };
    const read = readObject(place.kind, structuredClone(object), context);
    return storeChanged(state, place, readLive(state, place), read, context);
  };
  const api: ControllerApi = {
    clock,
    list: (name, filter = {}) => {
      const kind = kindOf(name);
      return kind ? store.list(storageKey(kind), filter.namespace).filter(fits(filter)) : [];
    },
    get: (kindName, name, namespace = "") => {
      const kind = kindOf(kindName);
      return kind && store.get(storageKey(kind), namespace, name);
    },
    create: (object) => {
      const { kind, namespace } = placeOf(object);
      return createObject(state, kind, namespace, structuredClone(object), { manager: MANAGER });
    },
    update: (object) => write(object),
    updateStatus: (object) => write(object, "status"),
    printingTime: (pod) => printingTime(simulationOf(state, pod).logs, pod),
    delete: (kindName, name, { namespace = "", ...options } = {}) => {
      const kind = kindOf(kindName);
      if (!kind) return false;
      try {
        deleteObject(state, { kind, namespace, name }, options);
        return true;
      } catch (error) {
        if (error instanceof ApiError && (error.code === 404 || error.code === 409)) return false;
        throw error;
      }
    },
    onChange: (kindName, listener) => {
      const kind = kindOf(kindName);
      return kind ? follow(state, storageKey(kind), listener) : () => {};
    },
    schedule: (ms, act) => {
      if (end.aborted) return () => {};
      const stop = after(clock, ms / speed, () => {
        end.removeEventListener("abort", stop);
        act();
      });
      end.addEventListener("abort", stop, { once: true });
      return () => {
        end.removeEventListener("abort", stop);
        stop();
      };
    },
    ruleOf: ({ metadata }) => state.pods?.find(({ pods = "*" }) => nameFits(pods, metadata.name)),
    event: (about, text) => record(api, about, text),
  };
  return api;
}

/** Whether a status is written that is there already, to its order: the most frequent write of controllers, and the cheapest to leave out. */
function isAsStored({ metadata, status }: KubeObject, live: KubeObject): boolean {
  return (
    metadata.resourceVersion === live.metadata.resourceVersion &&
    JSON.stringify(status) === JSON.stringify(live.status)
  );
}

/** A kind by `Kind` (a built-in one) or `group/Kind`. */
function namedKind({ kinds }: ServerState, name: string): ServedKind | undefined {
  const slash = name.lastIndexOf("/");
  if (slash >= 0) return kinds.byKind(name.slice(0, slash), name.slice(slash + 1));
  return kinds.all().find((kind) => kind.kind === name && !kind.custom);
}

function fits({ labels, controlledBy }: ObjectFilter): (object: KubeObject) => boolean {
  const wanted = Object.entries(labels ?? {});
  return ({ metadata }) =>
    wanted.every(([key, value]) => metadata.labels?.[key] === value) &&
    (controlledBy === undefined ||
      (metadata.ownerReferences ?? []).some((o) => o.controller && o.uid === controlledBy));
}

/** First what is there, then every change; what was written in between comes once. */
function follow(
  { store }: ServerState,
  key: string,
  listener: (change: ObjectChange) => void,
): () => void {
  let ended = false;
  let from = 0;
  queueMicrotask(() => {
    from = store.version;
    for (const object of store.list(key))
      if (!ended) listener({ type: "added", object, previous: undefined });
  });
  const unsubscribe = store.subscribe(key, (change) => {
    if (!ended && change.version > from) listener(change);
  });
  return () => {
    ended = true;
    unsubscribe();
  };
}
