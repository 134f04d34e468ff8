import type { KubeObject } from "../../model/kube-object.ts";
import { podFromTemplate } from "./pod-from-template.ts";
import { REVISION_LABEL, type Revision } from "./revisions.ts";
import { podSpecOf } from "./shapes.ts";
import type { StatefulSetSpec } from "./stateful-set.ts";

/** The pod with a certain ordinal: its own name, host name and claims. */
export function statefulPod(set: KubeObject, revision: Revision, ordinal: number): KubeObject {
  const { serviceName, volumeClaimTemplates = [] } = set.spec as StatefulSetSpec;
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podFromTemplate(set, revision.template, name, {
    "statefulset.kubernetes.io/pod-name": name,
    [REVISION_LABEL]: revision.name,
  });
  const claimed = volumeClaimTemplates.map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}` },
  }));
  const names = new Set(claimed.map((volume) => volume.name));
  const spec = podSpecOf(pod);
  const volumes = [...claimed, ...(spec.volumes ?? []).filter((volume) => !names.has(volume.name))];
  pod.spec = {
    ...spec,
    hostname: name,
    ...(serviceName && { subdomain: serviceName }),
    ...(volumes.length > 0 && { volumes }),
  };
  return pod;
}

/** The claims of the pod with a certain ordinal. They have no owner: they outlive the pod and the set. */
export function statefulClaims(set: KubeObject, ordinal: number): KubeObject[] {
  const { selector, volumeClaimTemplates = [] } = set.spec as StatefulSetSpec;
  const { name, namespace = "" } = set.metadata;
  return volumeClaimTemplates.map(({ metadata, spec }) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      ...(metadata.annotations && { annotations: metadata.annotations }),
      name: `${metadata.name}-${name}-${ordinal}`,
      namespace,
      labels: { ...metadata.labels, ...selector?.matchLabels },
    },
    spec,
  }));
}

/** The number at the end of a pod's name; NaN when it is not one of the set's. */
export function ordinalOf(set: KubeObject, pod: KubeObject): number {
  const [, name, ordinal] = /^(.*)-(\d+)$/.exec(pod.metadata.name) ?? [];
  return name === set.metadata.name ? Number(ordinal) : Number.NaN;
}
