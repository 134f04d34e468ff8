import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { chooseNode, type NodeChoice } from "./choose-node.ts";
import { claimNames } from "./pod-needs.ts";

/** Annotation by which the scheduler tells a claim of a waiting class where it is wanted. */
export const SELECTED_NODE = "volume.kubernetes.io/selected-node";

/** Where a pod goes; undefined while its claims are being bound for it. */
export function placePod(api: ControllerApi, pod: KubeObject): NodeChoice | undefined {
  const nodes = api.list("Node");
  const { namespace = "" } = pod.metadata;
  const refuse = (reason: string): NodeChoice => ({
    refusal: `0/${nodes.length} nodes are available: ${nodes.length} ${reason}.`,
  });
  if (api.ruleOf(pod)?.schedule === "never") return refuse("Insufficient cpu");
  const unbound: KubeObject[] = [];
  for (const name of claimNames(pod)) {
    const claim = api.get("PersistentVolumeClaim", name, namespace);
    if (claim === undefined) return refuse(`persistentvolumeclaim "${name}" not found`);
    if (claim.metadata.deletionTimestamp !== undefined)
      return refuse(`persistentvolumeclaim "${name}" is being deleted`);
    if ((claim.status as { phase?: string } | undefined)?.phase !== "Bound") unbound.push(claim);
  }
  if (unbound.some((claim) => !bindsOnFirstUse(api, claim)))
    return refuse("pod has unbound immediate PersistentVolumeClaims");
  const choice = chooseNode(pod, nodes, api.list("Pod"));
  if ("refusal" in choice || unbound.length === 0) return choice;
  for (const claim of unbound) select(api, claim, choice.node);
  return undefined;
}

/** True when the claim's class binds only for a pod. */
export function bindsOnFirstUse(api: ControllerApi, claim: KubeObject): boolean {
  const { storageClassName } = claim.spec as { storageClassName?: string };
  const found = storageClassName ? api.get("StorageClass", storageClassName) : undefined;
  return found?.volumeBindingMode === "WaitForFirstConsumer";
}

function select(api: ControllerApi, claim: KubeObject, node: string): void {
  if (claim.metadata.annotations?.[SELECTED_NODE] !== undefined) return;
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node };
  api.update({ ...claim, metadata: { ...claim.metadata, annotations } });
}
