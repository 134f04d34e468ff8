import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { asStatus } from "./status-body.ts";

/** One line of a watch (Kubernetes API, meta/v1 WatchEvent). */
export type WatchMessage =
  | {
      readonly type: "added" | "modified" | "deleted";
      readonly object: KubeObject;
      readonly version: string;
    }
  | { readonly type: "bookmark"; readonly version: string }
  /** `gone`: the version to go on from is too old, everything must be listed anew. */
  | { readonly type: "error"; readonly gone: boolean; readonly message: string };

const TYPES = { ADDED: "added", MODIFIED: "modified", DELETED: "deleted" } as const;

/** Reads one line. What cannot be read is an error message, not a throw. */
export function readWatchMessage(line: string): WatchMessage {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return { type: "error", gone: false, message: "a line of the watch is not JSON" };
  }
  if (!isMap(event) || !isMap(event.object))
    return { type: "error", gone: false, message: "a line of the watch is not an event" };
  const { object } = event;
  const metadata = isMap(object.metadata) ? object.metadata : {};
  const version = String(metadata.resourceVersion ?? "");
  if (event.type === "BOOKMARK") return { type: "bookmark", version };
  if (event.type === "ADDED" || event.type === "MODIFIED" || event.type === "DELETED")
    return { type: TYPES[event.type], object: object as unknown as KubeObject, version };
  const status = asStatus(object);
  const gone = status?.code === 410 || status?.reason === "Expired" || status?.reason === "Gone";
  return { type: "error", gone, message: status?.message ?? `unknown event ${String(event.type)}` };
}
