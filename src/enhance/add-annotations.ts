import type { KubeObject } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";
import type { Identity } from "./enhance.ts";
import { isReplaceable, partIn, podTemplateOf } from "./pod-template.ts";

/**
 * Where in which run the object was applied; on its pods only the operator version, for a new run must not restart them and a new version does
 * (compat section 4.1). What stands in no namespace says whose instance made it: its name alone does not tell. A Job's pods get none: its template is immutable (compat D-33).
 */
export function addAnnotations(
  object: KubeObject,
  { path, runUid, operatorVersion, namespace, ...identity }: Identity,
): void {
  Object.assign(partIn(object.metadata, "annotations"), {
    [ANNOTATION.plan]: path.plan,
    [ANNOTATION.phase]: path.phase,
    [ANNOTATION.step]: path.step,
    [ANNOTATION.planUid]: runUid,
    ...(!identity.isNamespaced(object) && { [ANNOTATION.namespace]: namespace }),
  });
  const template = podTemplateOf(object);
  if (template && isReplaceable(object))
    partIn(partIn(template, "metadata"), "annotations")[ANNOTATION.operatorVersion] =
      operatorVersion;
}
