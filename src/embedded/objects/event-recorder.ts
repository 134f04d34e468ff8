import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi, EventText } from "../controller-api.ts";
import { type ServerState, timestamp } from "../server-state.ts";

/** Records a core Event about an object; the same one again counts up. Nothing is recorded in a namespace that goes. */
export type RecordEvent = (
  api: Pick<ControllerApi, "list" | "get" | "create" | "update">,
  about: KubeObject,
  event: EventText,
) => void;

/** What records the events of one server: it remembers their names, since controllers speak far too often to look through all of them each time. */
export function eventRecorder(state: ServerState): RecordEvent {
  /** By namespace and by what an event says: its name. */
  const known = new Map<string, Map<string, string>>();
  return (api, about, event) => {
    const namespace = about.metadata.namespace ?? "default";
    const home = state.store.get("/namespaces", "", namespace);
    const names = known.get(namespace) ?? namesIn(api, namespace);
    const sign = signOf(about.metadata.uid, event);
    const name = names.get(sign);
    const same = name === undefined ? undefined : api.get("Event", name, namespace);
    const now = timestamp(state.clock);
    if (same) {
      known.set(namespace, names);
      api.update({ ...same, count: Number(same.count ?? 1) + 1, lastTimestamp: now });
      return;
    }
    if (!home || home.metadata.deletionTimestamp) {
      known.delete(namespace);
      return;
    }
    known.set(namespace, names);
    names.set(sign, api.create(newEvent(about, event, namespace, now)).metadata.name);
  };
}

/** The events that are there, of a server that was started again or began with a snapshot. */
function namesIn(api: Pick<ControllerApi, "list">, namespace: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const { metadata, involvedObject, reason, message } of api.list("Event", { namespace })) {
    const { uid } = (involvedObject ?? {}) as { uid?: string };
    const sign = signOf(uid, { reason: String(reason), message: String(message) });
    if (!names.has(sign)) names.set(sign, metadata.name);
  }
  return names;
}

/** Two events of one sign are the same. */
function signOf(uid: string | undefined, event: Pick<EventText, "reason" | "message">): string {
  return `${uid}\n${event.reason}\n${event.message}`;
}

function newEvent(
  { apiVersion, kind, metadata }: KubeObject,
  { type, reason, message, component }: EventText,
  namespace: string,
  now: string,
): KubeObject {
  const { name, uid, resourceVersion } = metadata;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "", generateName: `${name}.`, namespace },
    involvedObject: {
      apiVersion,
      kind,
      name,
      uid,
      resourceVersion,
      ...(metadata.namespace && { namespace: metadata.namespace }),
    },
    type,
    reason,
    message,
    source: { component },
    reportingComponent: component,
    reportingInstance: "",
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}
