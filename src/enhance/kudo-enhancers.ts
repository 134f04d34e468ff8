import { ANNOTATION } from "../model/names.ts";
import { addAnnotations } from "./add-annotations.ts";
import { addKudoLabels, claimTemplatesOf } from "./add-labels.ts";
import type { Enhancer } from "./enhance.ts";
import { addContentDigest, addKudoHash } from "./kudo-hash.ts";
import { addKudoOwner } from "./kudo-owner.ts";
import { partIn } from "./pod-template.ts";
import { setNamespace } from "./set-namespace.ts";

/**
 * KUDO's order (compat section 4): labels, annotations, namespace and owner, hash. Pod templates come out byte for byte as KUDO's, so that no pod restarts
 * when kplan goes on with an instance that KUDO made; only a Job's get neither version nor hash, for they may never change (compat D-33).
 */
export const KUDO_ENHANCERS: readonly Enhancer[] = [
  addKudoLabels,
  addAnnotations,
  takeClaimTemplates,
  setNamespace,
  addKudoOwner,
  addContentDigest,
  addKudoHash,
];

/**
 * The StatefulSet controller of Kubernetes 1.20 comes to own claim templates that have labels (see `addLabels`), and they must stay as KUDO applied them: so
 * they are taken from it.
 */
function takeClaimTemplates(...[object]: Parameters<Enhancer>): void {
  if (claimTemplatesOf(object).length === 0) return;
  const annotations = partIn(object.metadata, "annotations");
  const before = annotations[ANNOTATION.takeFields];
  const taken = typeof before === "string" && before !== "" ? `${before},` : "";
  annotations[ANNOTATION.takeFields] = `${taken}.spec.volumeClaimTemplates`;
}
