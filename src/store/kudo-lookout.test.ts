import { expect, test } from "vitest";
import { ClusterError } from "../model/cluster.ts";
import { refKey } from "../model/kube-object.ts";
import { KUDO_WEBHOOK, refuseBesideKudo } from "./kudo-lookout.ts";
import { memoryObjects } from "./testing/memory-objects.ts";

function manager(kind: string, readyReplicas: number) {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "kudo-controller-manager", namespace: "kudo-system" },
    status: { readyReplicas },
  };
}
const WEBHOOK = { ...KUDO_WEBHOOK, metadata: { name: KUDO_WEBHOOK.name } };

test.each([
  { there: [], want: "goes on" },
  { there: [manager("StatefulSet", 1)], want: "kudo-is-living" },
  { there: [manager("Deployment", 2), WEBHOOK], want: "kudo-is-living" },
  { there: [manager("StatefulSet", 0)], want: "goes on" },
  { there: [manager("StatefulSet", 0), WEBHOOK], want: "dead-kudo-webhook" },
  { there: [WEBHOOK], want: "dead-kudo-webhook" },
])("$there.length objects of KUDO: $want", async ({ there, want }) => {
  const cluster = memoryObjects();
  let requests = 0;
  cluster.before = () => {
    requests += 1;
  };
  for (const { apiVersion, kind, metadata, ...rest } of there)
    cluster.objects.set(refKey({ apiVersion, kind, ...metadata }), {
      apiVersion,
      kind,
      metadata,
      ...rest,
    });
  const warnings: string[] = [];
  const said = await refuseBesideKudo(cluster, (text) => warnings.push(text)).then(
    () => "goes on",
    (error: { code: string }) => error.code,
  );
  expect(said).toBe(want);
  expect(warnings).toEqual([]);
  expect(requests).toBe(3);
});

test("forbidden to look: said once, and on it goes", async () => {
  const cluster = memoryObjects();
  cluster.before = () => {
    throw new ClusterError("forbidden", "no");
  };
  const warnings: string[] = [];
  await refuseBesideKudo(cluster, (text) => warnings.push(text));
  expect(warnings).toEqual([
    "not allowed to look for a KUDO controller (StatefulSet, Deployment, MutatingWebhookConfiguration); going on without",
  ]);
});

test("a cluster that cannot be reached is an error, not an absent KUDO", async () => {
  const cluster = memoryObjects();
  cluster.before = () => {
    throw new ClusterError("unreachable", "no route");
  };
  await expect(refuseBesideKudo(cluster, () => {})).rejects.toThrow("no route");
});
