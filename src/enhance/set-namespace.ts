import type { KubeObject } from "../model/kube-object.ts";
import type { Identity } from "./enhance.ts";

/** Puts the object into the instance's namespace, whatever its template says; a cluster-scoped one into none (compat section 3.5). */
export function setNamespace(object: KubeObject, identity: Identity): void {
  if (identity.isNamespaced(object)) object.metadata.namespace = identity.namespace;
  else delete object.metadata.namespace;
}
