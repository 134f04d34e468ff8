import { isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { LABEL } from "../model/names.ts";
import type { Identity } from "./enhance.ts";
import { isKind, type Part, partAt, partIn, podTemplateOf } from "./pod-template.ts";

/** `addKudoLabels`, and on claim templates those that Kubernetes would put there. */
export function addLabels(object: KubeObject, identity: Identity): void {
  addKudoLabels(object, identity);
  for (const claim of claimTemplatesOf(object))
    Object.assign(partIn(partIn(claim, "metadata"), "labels"), selectorOf(object));
}

/** KUDO's three labels on the object, its pods and its claims (compat section 4.1). Selectors stay as they are: they may never change. */
export function addKudoLabels(object: KubeObject, identity: Identity): void {
  const labels = {
    [LABEL.heritage]: "kudo",
    [LABEL.operator]: identity.operatorName,
    [LABEL.instance]: identity.instance,
  };
  const add = (holder: Part) => Object.assign(partIn(partIn(holder, "metadata"), "labels"), labels);
  add(object);
  const template = podTemplateOf(object);
  if (template) add(template);
  for (const claim of claimTemplatesOf(object)) add(claim);
}

/**
 * What a StatefulSet's controller puts on its claims. That of Kubernetes 1.20 does so in its copy of the set whose claim templates have labels, and
 * with the next status owns `volumeClaimTemplates`: every later apply would conflict with it. With these labels there from the beginning it changes nothing.
 */
function selectorOf(object: KubeObject): Part {
  return partAt(object, ["spec", "selector", "matchLabels"]) ?? {};
}

/** The claim templates of a StatefulSet; none of other kinds. */
export function claimTemplatesOf(object: KubeObject): Part[] {
  if (!isKind(object, "apps", "StatefulSet")) return [];
  const claims = partAt(object, ["spec"])?.volumeClaimTemplates;
  return Array.isArray(claims) ? claims.filter(isMap) : [];
}
