import { createHash } from "node:crypto";
import { canonicalJson } from "../model/json.ts";
import { type KubeObject, type ObjectRef, refKey, refOf } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";
import { contentDigest } from "./content-digest.ts";
import { dependenciesOf } from "./dependencies-of.ts";
import type { Identity } from "./enhance.ts";
import { partIn, podTemplateOf } from "./pod-template.ts";
import { podUsesOf } from "./pod-uses.ts";

/** Hexadecimal digits of the hash: enough to see a change, short enough to read. */
const DIGITS = 16;

/**
 * Annotates the pod template with a hash over what its pods use, so that a change of it replaces them. Only the content that is used counts, whatever
 * order it stands in; an object that is not there counts as such, so that the pods notice when it comes.
 */
export function addDependenciesHash(
  object: KubeObject,
  identity: Identity,
  task: readonly KubeObject[],
): void {
  const template = podTemplateOf(object);
  const refs = new Map(dependenciesOf(object).map((ref) => [`${ref.kind}/${ref.name}`, ref]));
  const skipped = skippedBy(object);
  const parts = podUsesOf(object).flatMap((use) => {
    if (skipped.includes(use.name)) return [];
    const ref = refs.get(`${use.kind}/${use.name}`);
    if (ref === undefined) return [];
    const found = inTask(ref, task) ?? identity.dependency(ref);
    if (found?.metadata.annotations?.[ANNOTATION.skipHash] !== undefined) return [];
    return [[use.kind, use.name, found ? contentDigest(found, use.keys, identity.salt) : "absent"]];
  });
  if (template === undefined || parts.length === 0) return;
  partIn(partIn(template, "metadata"), "annotations")[ANNOTATION.dependenciesHash] = createHash(
    "sha256",
  )
    .update(canonicalJson(parts))
    .digest("hex")
    .slice(0, DIGITS);
}

function skippedBy(object: KubeObject): readonly string[] {
  const names = object.metadata.annotations?.[ANNOTATION.skipHashOf] ?? "";
  return names.split(",").map((name) => name.trim());
}

function inTask(ref: ObjectRef, task: readonly KubeObject[]): KubeObject | undefined {
  return task.find((object) => refKey(refOf(object)) === refKey(ref));
}
