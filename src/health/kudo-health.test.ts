import { expect, test } from "vitest";
import { DEFAULT_HEALTH_LIMITS, type HealthContext } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { healthRules } from "./kudo-health.ts";

const CONTEXT: HealthContext = {
  now: new Date("2026-01-01T00:00:00Z"),
  limits: DEFAULT_HEALTH_LIMITS,
  related: [],
};

function object(apiVersion: string, kind: string, rest: object = {}): KubeObject {
  return { apiVersion, kind, metadata: { name: "x", namespace: "n", generation: 1 }, ...rest };
}

const { compute, relatives } = healthRules("kudo");

/** What KUDO judged is waited for, whatever its version. */
test.each([
  ["apps/v1", "Deployment", { spec: { replicas: 1 } }],
  ["apps/v1beta2", "StatefulSet", { spec: { replicas: 1 } }],
  ["batch/v1", "Job", { spec: {} }],
  ["v1", "Pod", {}],
  ["v1", "Service", { spec: {} }],
  ["v1", "Service", { spec: { clusterIP: "None", type: "LoadBalancer" } }],
  ["apiextensions.k8s.io/v1", "CustomResourceDefinition", {}],
  ["v1", "Namespace", {}],
  ["kudo.dev/v1beta1", "Instance", { spec: { planExecution: { planName: "deploy" } } }],
])("%s %s without a status is waited for", (apiVersion, kind, rest) => {
  expect(compute(object(apiVersion, kind, rest), CONTEXT).state).toBe("progressing");
});

/** Everything else never keeps a step back. */
test.each([
  ["apps/v1", "DaemonSet", {}],
  ["apps/v1", "ReplicaSet", { spec: { replicas: 3 } }],
  ["v1", "PersistentVolumeClaim", { status: { phase: "Pending" } }],
  ["policy/v1", "PodDisruptionBudget", {}],
  ["batch/v1", "CronJob", {}],
  ["example.com/v1", "Database", { status: { conditions: [{ type: "Ready", status: "False" }] } }],
])("%s %s is not waited for", (apiVersion, kind, rest) => {
  const health = compute(object(apiVersion, kind, rest), CONTEXT);
  expect(health.state).toBe("ready");
  expect(relatives(object(apiVersion, kind, rest))).toEqual([]);
});

test("what is on its way is said", () => {
  const claim = object("v1", "PersistentVolumeClaim", { status: { phase: "Pending" } });
  expect(compute(claim, CONTEXT)).toEqual({
    state: "ready",
    message: "not waited for: waiting for a volume",
  });
});

test.each([
  ["v1", "PersistentVolumeClaim", { status: { phase: "Lost" } }],
  ["example.com/v1", "Database", { status: { conditions: [{ type: "Failed", status: "True" }] } }],
  ["batch/v1", "Job", { status: { conditions: [{ type: "Failed", status: "True" }] } }],
])("%s %s that has failed for good is told", (apiVersion, kind, rest) => {
  expect(compute(object(apiVersion, kind, rest), CONTEXT).state).toBe("failed");
});

test("a Job is done when all its completions are (D-10)", () => {
  const job = (succeeded: number, conditions: object[]): KubeObject =>
    object("batch/v1", "Job", { spec: { completions: 3 }, status: { succeeded, conditions } });
  expect(compute(job(1, []), CONTEXT).state).toBe("progressing");
  expect(compute(job(3, [{ type: "Complete", status: "True" }]), CONTEXT).state).toBe("ready");
});

test.each([
  [{ type: "ExternalName" }, {}],
  [{ clusterIP: "None" }, {}],
  [{ clusterIP: "10.0.0.1", type: "LoadBalancer", externalIPs: ["1.2.3.4"] }, {}],
  [
    { clusterIP: "10.0.0.1", type: "LoadBalancer" },
    { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } },
  ],
])("a Service is ready as KUDO has it: %j", (spec, status) => {
  expect(compute(object("v1", "Service", { spec, status }), CONTEXT).state).toBe("ready");
});
