import { loadAll } from "js-yaml";
import { expect, test } from "vitest";
import { startServer } from "../embedded/start-server.ts";
import { DEFAULT_HEALTH_LIMITS } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { computeHealth, relativesOf } from "./health.ts";

const workload = (kind: string, more: string): string => `
--- { apiVersion: apps/v1, kind: ${kind}, metadata: { name: a, namespace: default }, spec: { ${more} selector: { matchLabels: { kind: ${kind} } }, template: { metadata: { labels: { kind: ${kind} } }, spec: { containers: [{ name: main, image: any:1 }] } } } }`;

const objects = loadAll(`
{ apiVersion: v1, kind: ConfigMap, metadata: { name: a, namespace: default } }
${workload("Deployment", "replicas: 2,")}
${workload("StatefulSet", "replicas: 2, serviceName: a,")}
${workload("DaemonSet", "")}
${workload("ReplicaSet", "replicas: 1,")}
--- { apiVersion: batch/v1, kind: Job, metadata: { name: a, namespace: default }, spec: { completions: 2, template: { spec: { restartPolicy: Never, containers: [{ name: main, image: any:1 }] } } } }
--- { apiVersion: v1, kind: Pod, metadata: { name: alone, namespace: default }, spec: { containers: [{ name: main, image: any:1 }] } }
--- { apiVersion: v1, kind: Service, metadata: { name: a, namespace: default }, spec: { type: LoadBalancer, selector: { kind: StatefulSet }, ports: [{ port: 1 }] } }
--- { apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: a, namespace: default }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }
--- { apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: a, namespace: default }, spec: { maxUnavailable: 1, selector: { matchLabels: { kind: StatefulSet } } } }
--- { apiVersion: v1, kind: Namespace, metadata: { name: other } }
`) as KubeObject[];

test("every kind that the embedded cluster acts out becomes ready, and none at once that should take time", async () => {
  const server = await startServer({ speed: 50 });
  const states = (): Map<string, string> =>
    new Map(
      objects.map(({ kind, metadata }) => {
        const object = server.api.get(kind, metadata.name, metadata.namespace);
        const related = object
          ? relativesOf(object).flatMap((query) =>
              server.api.list(query.kind, query.namespace ? { namespace: query.namespace } : {}),
            )
          : [];
        const context = { now: new Date(), limits: DEFAULT_HEALTH_LIMITS, related };
        return [kind, computeHealth(object, context).state];
      }),
    );
  for (const object of objects) server.api.create(object);
  const atOnce = states();
  const slow = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Pod", "Service"];
  expect(slow.filter((kind) => atOnce.get(kind) !== "progressing")).toEqual([]);

  const end = Date.now() + 60_000;
  while ([...states().values()].some((state) => state !== "ready") && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect([...states()].filter(([, state]) => state !== "ready")).toEqual([]);
  await server.close();
});
