import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { Dialect } from "../model/package.ts";
import { addAnnotations } from "./add-annotations.ts";
import { addDependenciesHash } from "./add-dependencies-hash.ts";
import { addLabels } from "./add-labels.ts";
import { KUDO_ENHANCERS } from "./kudo-enhancers.ts";
import { setNamespace } from "./set-namespace.ts";

/** Whose objects these are, and where in a run they are applied. */
export interface Identity {
  /** Of the package; native when absent. */
  readonly dialect?: Dialect;
  /** uid of the Instance, which owns what a KUDO package applies; nothing is owned where it is absent or empty (before there is an Instance). */
  readonly instanceUid?: string;
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

/** One addition to an object, which is `enhance`'s own copy and may be changed. `task` holds all objects of the task, each as enhanced so far. */
export type Enhancer = (
  object: KubeObject,
  identity: Identity,
  task: readonly KubeObject[],
) => void;

/** In this order: the hash looks for objects by namespace. */
const NATIVE_ENHANCERS: readonly Enhancer[] = [
  addLabels,
  addAnnotations,
  setNamespace,
  addDependenciesHash,
];

/**
 * The objects of one task as they are applied: labels, annotations, namespace, restart hash, and in a KUDO package their owner. Pure; the input is not changed.
 * Throws a `bad-input` KplanError for an object of a KUDO package that names another controller as its owner.
 */
export function enhance(objects: readonly KubeObject[], identity: Identity): KubeObject[] {
  const task = structuredClone([...objects]);
  const enhancers = identity.dialect === "kudo" ? KUDO_ENHANCERS : NATIVE_ENHANCERS;
  for (const addTo of enhancers) for (const object of task) addTo(object, identity, task);
  return task;
}
