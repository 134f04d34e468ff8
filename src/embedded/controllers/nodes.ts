import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { timestamp } from "./timestamp.ts";

/** Names of the simulated nodes. */
const NODES: readonly string[] = ["node0", "node1", "node2"];

/** Puts the nodes of a new cluster in place; a cluster that has any keeps what it has. */
export function provideNodes(api: ControllerApi): void {
  if (api.list("Node").length > 0) return;
  NODES.forEach((name, index) => {
    const made = api.create(nodeObject(name, index));
    api.updateStatus({ ...made, status: nodeStatus(name, index, timestamp(api)) });
  });
}

/** Address of the node that a pod is on. */
export function nodeAddress(node: KubeObject | undefined): string {
  const { addresses = [] } = (node?.status ?? {}) as {
    addresses?: readonly { type: string; address: string }[];
  };
  return addresses.find(({ type }) => type === "InternalIP")?.address ?? "";
}

/** Whether nothing was heard of a node for so long that it counts as lost. */
export function isSilent(node: KubeObject | undefined): boolean {
  const { conditions = [] } = (node?.status ?? {}) as {
    conditions?: readonly { type: string; status: string }[];
  };
  return conditions.some(({ type, status }) => type === "Ready" && status === "Unknown");
}

function nodeObject(name: string, index: number): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": "simulated",
      },
      annotations: { "kplan.dev/simulated": "true" },
    },
    spec: { podCIDR: `10.244.${index}.0/24` },
  };
}

function nodeStatus(name: string, index: number, now: string): Record<string, unknown> {
  const capacity = { cpu: "8", memory: "32Gi", pods: "110", "ephemeral-storage": "100Gi" };
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: "InternalIP", address: `10.10.0.${index + 10}` },
      { type: "Hostname", address: name },
    ],
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "Simulated",
        message: "no kubelet runs: pods on this node are simulated",
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      architecture: "amd64",
      bootID: "",
      containerRuntimeVersion: "simulated://0",
      kernelVersion: "simulated",
      kubeProxyVersion: "simulated",
      kubeletVersion: "simulated",
      machineID: "",
      operatingSystem: "linux",
      osImage: "simulated",
      systemUUID: "",
    },
  };
}
