import type { KubeObject } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";

/** What KUDO noted on objects and kplan does not, and the other way round. */
const NOTES: readonly string[] = [
  ANNOTATION.lastApplied,
  ANNOTATION.contentDigest,
  ANNOTATION.takeFields,
  ANNOTATION.namespace,
];

/** Whether an object is still as KUDO applied it: no run of kplan's has applied it since it was adopted. */
export function isKudosWork({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[ANNOTATION.lastApplied] !== undefined;
}

/** The object without what will change with kplan's first apply of it and means nothing: notes, and the owner of claims and Secrets. */
export function withoutKudosNotes(object: KubeObject): KubeObject {
  const { annotations = {}, ownerReferences: _, ...metadata } = object.metadata;
  const kept = Object.entries(annotations).filter(([key]) => !NOTES.includes(key));
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
    } as KubeObject["metadata"],
  };
}
