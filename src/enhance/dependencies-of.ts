import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { isReplaceable, podTemplateOf } from "./pod-template.ts";
import { podUsesOf } from "./pod-uses.ts";

/**
 * The ConfigMaps and Secrets whose content the restart hash of an object is about, each once, sorted: those its pods use. None for a Job (its pods are
 * never replaced), a bare Pod, and kinds without pods.
 * @param namespace where the object will be; that which it names when absent
 */
export function dependenciesOf(
  object: KubeObject,
  namespace: string | undefined = object.metadata.namespace,
): ObjectRef[] {
  if (podTemplateOf(object) === undefined || !isReplaceable(object)) return [];
  return podUsesOf(object).map(({ kind, name }) => ({
    apiVersion: "v1",
    kind,
    name,
    ...(namespace !== undefined && { namespace }),
  }));
}
