import type { RelativesQuery } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { at, mapsAt, textAt } from "./fields.ts";

/** The pods that an object's `spec.selector` selects, and what was said about pods of its namespace. */
export function podsOf(object: KubeObject): RelativesQuery[] {
  const labelSelector = selectorText(at(object, "spec", "selector"));
  if (labelSelector === "") return [];
  return [{ ...query("v1", "Pod", object), labelSelector }, podEvents(object)];
}

/** ReplicaSets that an object's `spec.selector` selects. */
export function replicaSetsOf(object: KubeObject): RelativesQuery[] {
  const labelSelector = selectorText(at(object, "spec", "selector"));
  return labelSelector === "" ? [] : [{ ...query("apps/v1", "ReplicaSet", object), labelSelector }];
}

/** Events about just this object. */
export function eventsOf(object: KubeObject): RelativesQuery[] {
  const { uid } = object.metadata;
  return uid === undefined
    ? []
    : [{ ...query("v1", "Event", object), fieldSelector: `involvedObject.uid=${uid}` }];
}

/** Events about any pod of the namespace: the same query for every workload, so that one watch serves all. */
function podEvents(object: KubeObject): RelativesQuery {
  return { ...query("v1", "Event", object), fieldSelector: "involvedObject.kind=Pod" };
}

function query(apiVersion: string, kind: string, object: KubeObject): RelativesQuery {
  const { namespace } = object.metadata;
  return namespace === undefined ? { apiVersion, kind } : { apiVersion, kind, namespace };
}

/** A LabelSelector in the form that list and watch take. */
export function selectorText(selector: unknown): string {
  const labels = Object.entries(at(selector, "matchLabels") ?? {}).map(
    ([key, value]) => `${key}=${String(value)}`,
  );
  const expressions = mapsAt(selector, "matchExpressions").map((expression) => {
    const key = textAt(expression, "key");
    const values = at(expression, "values");
    const set = `(${Array.isArray(values) ? values.join(",") : ""})`;
    switch (textAt(expression, "operator")) {
      case "In":
        return `${key} in ${set}`;
      case "NotIn":
        return `${key} notin ${set}`;
      case "DoesNotExist":
        return `!${key}`;
      default:
        return key;
    }
  });
  return [...labels, ...expressions].join(",");
}
