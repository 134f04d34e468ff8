import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/** The ConfigMaps and Secrets that the pods of an object use, each once, sorted; in the object's namespace. */
export function dependenciesOf(object: KubeObject): ObjectRef[] {
  throw new Error(`not there yet: ${object.kind}`);
}
