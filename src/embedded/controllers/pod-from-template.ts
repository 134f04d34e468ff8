import type { KubeObject } from "../../model/kube-object.ts";
import { controllerRef } from "./owner.ts";
import type { PodTemplate } from "./shapes.ts";

/** A pod as a workload's template says, owned by the workload. `name` ends with `-` when the server is to complete it. */
export function podFromTemplate(
  owner: KubeObject,
  { metadata = {}, spec }: PodTemplate,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): KubeObject {
  const { namespace = "" } = owner.metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...(name.endsWith("-") ? { name: "", generateName: name } : { name }),
      namespace,
      labels: { ...metadata.labels, ...labels },
      ...(metadata.annotations && { annotations: metadata.annotations }),
      ...(metadata.finalizers && { finalizers: metadata.finalizers }),
      ownerReferences: [controllerRef(owner)],
    },
    spec: structuredClone(spec),
  };
}
