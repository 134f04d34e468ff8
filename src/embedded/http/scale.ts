import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { ServedKind } from "../kinds/served-kind.ts";
import { valueAt } from "../rules/rule.ts";

/** The scale subresource of an object (autoscaling/v1 Scale). */
export function scaleOf(kind: ServedKind, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const paths = kind.scale ?? { replicas: "", statusReplicas: "" };
  const selector = paths.selector && valueAt(object, paths.selector.slice(1));
  const text = kind.custom ? selector : selectorText(valueAt(object, "spec.selector"));
  return {
    apiVersion: "autoscaling/v1",
    kind: "Scale",
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: { replicas: valueAt(object, paths.replicas.slice(1)) ?? 0 },
    status: {
      replicas: valueAt(object, paths.statusReplicas.slice(1)) ?? 0,
      ...(typeof text === "string" && text && { selector: text }),
    },
  };
}

/** The object with the replicas that a Scale asks for. */
export function withScale(kind: ServedKind, object: KubeObject, scale: unknown): KubeObject {
  const replicas = valueAt(scale, "spec.replicas") ?? 0;
  const path = (kind.scale?.replicas ?? "").slice(1).split(".");
  const version = valueAt(scale, "metadata.resourceVersion");
  const changed = setAt(object, path, replicas) as KubeObject;
  return version
    ? { ...changed, metadata: { ...changed.metadata, resourceVersion: String(version) } }
    : changed;
}

function setAt(value: unknown, [key, ...rest]: readonly string[], leaf: unknown): unknown {
  if (key === undefined) return leaf;
  const map = isMap(value) ? value : {};
  return { ...map, [key]: setAt(map[key], rest, leaf) };
}

/** A LabelSelector in the form of URLs. */
export function selectorText(selector: unknown): string {
  if (!isMap(selector)) return "";
  const equal = Object.entries(isMap(selector.matchLabels) ? selector.matchLabels : {}).map(
    ([key, value]) => `${key}=${String(value)}`,
  );
  const rest = Array.isArray(selector.matchExpressions) ? selector.matchExpressions : [];
  const others = rest.filter(isMap).map(({ key, operator, values }) => {
    if (operator === "Exists") return String(key);
    if (operator === "DoesNotExist") return `!${String(key)}`;
    const list = Array.isArray(values) ? values.join(",") : "";
    return `${String(key)} ${operator === "In" ? "in" : "notin"} (${list})`;
  });
  return [...equal, ...others].sort().join(",");
}
