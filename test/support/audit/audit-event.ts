import { isMap } from "../../../src/model/json.ts";

/** A request that the API server has answered, as its audit log tells (audit.k8s.io/v1, level Metadata). */
export interface AuditEvent {
  /** Milliseconds since 1970: when it came in, and when it was answered. */
  readonly received: number;
  readonly answered: number;
  /** The user it was made as: the impersonated one, if there is one. */
  readonly user: string;
  readonly verb: string;
  /** `statefulsets.apps`; `pods` of the core group. */
  readonly resource: string;
  /** `status`, `exec`; empty for the object itself. */
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly dryRun: boolean;
}

/** Reads a line of the log. Undefined for what is no answered request for objects: discovery, the beginning of a watch. */
export function readAuditEvent(line: string): AuditEvent | undefined {
  const event: unknown = JSON.parse(line);
  if (!isMap(event) || event.stage !== "ResponseComplete") return undefined;
  const { objectRef, responseStatus, impersonatedUser, user, requestURI } = event;
  if (!isMap(objectRef)) return undefined;
  const { apiGroup, resource } = objectRef;
  const group = typeof apiGroup === "string" ? `.${apiGroup}` : "";
  return {
    received: Date.parse(String(event.requestReceivedTimestamp)),
    answered: Date.parse(String(event.stageTimestamp)),
    user: textIn(isMap(impersonatedUser) ? impersonatedUser : user, "username"),
    verb: String(event.verb),
    resource: `${String(resource)}${group}`,
    subresource: textIn(objectRef, "subresource"),
    namespace: textIn(objectRef, "namespace"),
    name: textIn(objectRef, "name"),
    code: isMap(responseStatus) ? Number(responseStatus.code) : 0,
    dryRun: new URL(String(requestURI), "http://x").searchParams.getAll("dryRun").includes("All"),
  };
}

/** Whether it changed something: a write that was not a dry run, and that the server carried out. */
export function isWritten({ verb, code, dryRun }: AuditEvent): boolean {
  return WRITES.has(verb) && !dryRun && code < 300;
}

const WRITES: ReadonlySet<string> = new Set([
  ...["create", "update", "patch", "delete", "deletecollection"],
]);

function textIn(map: unknown, key: string): string {
  const value = isMap(map) ? map[key] : undefined;
  return typeof value === "string" ? value : "";
}
