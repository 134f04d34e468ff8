import type { KubeObject } from "../../src/model/kube-object.ts";

/** A container that runs for an hour. */
export const container: Readonly<Record<string, unknown>> = {
  name: "main",
  image: "busybox:1.28",
  command: ["sh", "-c", "sleep 3600"],
};

/** A pod spec that ends at once when asked to. */
export function podSpec(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { terminationGracePeriodSeconds: 1, containers: [container], ...more };
}

/** A workload of `apps/v1` whose pods carry the label `app: <name>`. */
export function workload(
  kind: "Deployment" | "StatefulSet" | "ReplicaSet" | "DaemonSet",
  namespace: string,
  name: string,
  spec: Record<string, unknown> = {},
  pod: Record<string, unknown> = {},
): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(pod) },
      ...(kind === "StatefulSet" && { serviceName: name }),
      ...spec,
    },
  };
}

/** A patch that changes the pod template, and with it the revision. */
export function newTemplate(version: string): Record<string, unknown> {
  return { spec: { template: { metadata: { annotations: { version } } } } };
}

/** A claim template of 1 MiB. */
export function claimTemplate(name: string, storageClassName?: string): Record<string, unknown> {
  return {
    metadata: { name },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Mi" } },
      ...(storageClassName !== undefined && { storageClassName }),
    },
  };
}
