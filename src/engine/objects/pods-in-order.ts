import type { KubeObject, OwnerReference } from "../../model/kube-object.ts";

/** A pod, with the ordinal that its StatefulSet gave it, else its index. */
export interface OrderedPod {
  readonly pod: KubeObject;
  readonly ordinal: number;
}

/** Pods in the order of their ordinals, or of their names where no StatefulSet made them; numbers in names count as numbers. */
export function podsInOrder(pods: readonly KubeObject[]): OrderedPod[] {
  return [...pods]
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name, "en", { numeric: true }))
    .map((pod, index) => {
      const isNumbered = ownerOf(pod)?.kind === "StatefulSet";
      const ordinal = Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? index);
      return { pod, ordinal: isNumbered ? ordinal : index };
    });
}

/** Who made an object and looks after it, if anybody does. */
export function ownerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}
