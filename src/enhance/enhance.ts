import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/** Whose objects these are, and where in a run they are applied. */
export interface Identity {
  readonly operatorName: string;
  /** Semantic version of the package. */
  readonly operatorVersion: string;
  /** Name of the instance. */
  readonly instance: string;
  readonly namespace: string;
  readonly path: { readonly plan: string; readonly phase: string; readonly step: string };
  readonly runUid: string;
  /** Whether the server keeps objects of this kind in namespaces. */
  isNamespaced(object: KubeObject): boolean;
  /** The live object, for what a pod uses and the same task does not apply; undefined when there is none. See `dependenciesOf`. */
  dependency(ref: ObjectRef): KubeObject | undefined;
  /** Mixed into what a hash says about Secrets. */
  readonly salt: string;
}

/** The objects of one task as they are applied (native dialect): labels, annotations, namespace, restart hash. Pure; the input is not changed. */
export function enhance(objects: readonly KubeObject[], identity: Identity): KubeObject[] {
  throw new Error(`not there yet: ${objects.length} ${identity.instance}`);
}
