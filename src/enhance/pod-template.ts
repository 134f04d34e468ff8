import { isMap } from "../model/json.ts";
import { groupOf, type KubeObject } from "../model/kube-object.ts";

/** A part of an object that may be changed. */
export type Part = Record<string, unknown>;

/** Kinds with pods at `spec.template`, and the groups they count in; undefined: any group (compat section 4.1). */
const WORKLOADS: ReadonlyMap<string, string | undefined> = new Map([
  ["Deployment", "apps"],
  ["StatefulSet", "apps"],
  ["Job", "batch"],
  ["DaemonSet", undefined],
  ["ReplicaSet", undefined],
  ["ReplicationController", undefined],
]);

/** The pod template of a known workload; undefined for other kinds, whatever their `spec.template` means. */
export function podTemplateOf(object: KubeObject): Part | undefined {
  if (isKind(object, "batch", "CronJob"))
    return partAt(object, ["spec", "jobTemplate", "spec", "template"]);
  const group = WORKLOADS.get(object.kind);
  const isWorkload =
    WORKLOADS.has(object.kind) && (group === undefined || group === groupOf(object.apiVersion));
  return isWorkload ? partAt(object, ["spec", "template"]) : undefined;
}

/** Whether pods made from the template can be replaced by others: a Job's template never changes. */
export function isReplaceable(object: KubeObject): boolean {
  return !isKind(object, "batch", "Job");
}

/** Whether the object is of that kind. */
export function isKind(object: KubeObject, group: string, kind: string): boolean {
  return object.kind === kind && groupOf(object.apiVersion) === group;
}

/** The map at a path; undefined when there is none. */
export function partAt(from: unknown, path: readonly string[]): Part | undefined {
  let here = from;
  for (const name of path) here = isMap(here) ? here[name] : undefined;
  return isMap(here) ? here : undefined;
}

/** The map that is a member, made when there is none. */
export function partIn(from: Part, name: string): Part {
  const present = from[name];
  if (isMap(present)) return present;
  const made: Part = {};
  from[name] = made;
  return made;
}
