import { expect, test } from "vitest";
import { ClusterError } from "../../model/cluster.ts";
import { refOf } from "../../model/kube-object.ts";
import { executeRun } from "../execute-run.ts";
import { configMap, errorText, eventLines, type Scenario, scenario } from "../testing/scenario.ts";

// What is hopeless fails at the first sight of it; what is only slow is tried again, each cause as long as it may take, and is then named.

const TWO = `
tasks:
  all: { kind: Apply, resources: [a.yaml, b.yaml] }
templates:
  a.yaml: '${configMap("a")}'
  b.yaml: '${configMap("b")}'
plans:
  deploy:
    phases: { main: { steps: { only: [all] } } }
`;

type Details = ConstructorParameters<typeof ClusterError>[2];

/** A run in which every write of ConfigMap b meets an error until a time. */
function met(
  kind: ClusterError["kind"],
  details: Details,
  until = Number.POSITIVE_INFINITY,
): Scenario {
  const run = scenario(TWO, {
    fault: ({ ref, dryRun, verb }) => {
      if (ref.name !== "b" || dryRun || verb === "get" || run.clock.elapsed() >= until) return;
      throw new ClusterError(kind, `ConfigMap b: ${kind}`, { ref, ...details });
    },
  });
  return run;
}

const MINUTE = 60_000;

test.each<[string, ClusterError["kind"], Details, string, number]>([
  ["400, 413, 422: the object is refused", "invalid", { status: 422 }, "at once", 0],
  ["401: who we are is not known", "unauthorized", { status: 401 }, "at once", 0],
  ["403: a right is missing", "forbidden", { status: 403 }, "at once", 0],
  ["403: the namespace is being deleted", "terminating", { status: 403 }, "at once", 0],
  ["404: nobody serves the kind", "not-served", { status: 404 }, "at once", 0],
  ["404: there is no namespace", "not-found", { status: 404 }, "at once", 0],
  [
    "409: somebody else's fields",
    "conflict",
    { status: 409, conflicts: [{ manager: "helm", field: ".data.key" }] },
    "at once",
    0,
  ],
  ["a webhook says no", "webhook", { status: 400 }, "at once", 0],
  ["409: others write between reading and writing", "conflict", { status: 409 }, "5 min", 5],
  ["a webhook is down", "webhook", { status: 500, transient: true }, "5 min", 5],
  ["403: no room in the quota", "quota", { status: 403 }, "2 min", 2],
  ["500: the server breaks on it", "other", { status: 500 }, "1 min", 1],
])("%s: %s is given up %s", async (_, kind, details, _when, minutes) => {
  const run = met(kind, details);
  const outcome = await executeRun(run.inputs, run.deps);
  const still = minutes === 0 ? "" : `; still so after ${minutes} min`;
  expect(outcome).toMatchObject({ result: "failed", message: `ConfigMap b: ${kind}${still}` });
  expect(run.clock.elapsed()).toBeGreaterThanOrEqual(minutes * MINUTE);
  expect(run.clock.elapsed()).toBeLessThan(minutes * MINUTE + 5000);
});

test.each<[string, ClusterError["kind"], Details]>([
  ["429, 503, a lost connection", "unavailable", { status: 503, transient: true }],
  ["504, no answer in time", "timeout", { transient: true, uncertain: true }],
  ["nobody listens", "unreachable", { transient: true }],
  ["410", "gone", { status: 410, transient: true }],
])("%s: %s is tried until the step makes no progress any more", async (_, kind, details) => {
  const run = met(kind, details);
  const outcome = await executeRun(run.inputs, run.deps);
  expect(outcome).toMatchObject({
    result: "timed-out",
    message: expect.stringContaining(
      `no progress for 10 min, waiting for another try; the last one: ConfigMap b: ${kind}`,
    ),
  });
});

test.each<[string, ClusterError["kind"], Details, number]>([
  ["a quota gets room", "quota", { status: 403 }, 100_000],
  ["a webhook comes back", "webhook", { status: 500, transient: true }, 4 * MINUTE],
  ["a server that breaks recovers", "other", { status: 500 }, 50_000],
  ["the API server is back", "unavailable", { status: 503, transient: true }, 9 * MINUTE],
])("%s in time: the step goes on", async (_, kind, details, until) => {
  const run = met(kind, details, until);
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
});

test("pauses grow up to half a minute, so a long trouble costs few requests", async () => {
  const run = met("unavailable", { status: 503, transient: true }, 9 * MINUTE);
  await executeRun(run.inputs, run.deps);
  const again = eventLines(run.events).filter((line) => line.startsWith("again"));
  expect(again.length).toBeGreaterThan(15);
  expect(again.length).toBeLessThan(35);
});

test("a cause that mends and comes again is borne anew", async () => {
  const run = scenario(TWO, {
    limits: { noActivity: 60 * MINUTE },
    fault: ({ ref, dryRun, verb }) => {
      if (ref.name !== "b" || dryRun || verb === "get") return;
      const at = run.clock.elapsed();
      const isFull = at < 90_000 || (at > 5 * MINUTE && at < 6 * MINUTE);
      if (isFull) throw new ClusterError("quota", "no room", { ref });
      if (at < 7 * MINUTE) throw new ClusterError("unavailable", "away", { ref, transient: true });
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
});

test("a webhook is named with its configuration, its Service and the commands", async () => {
  const run = scenario(TWO, {
    fault: ({ ref, dryRun, verb }) => {
      if (ref.name === "b" && !dryRun && verb === "create")
        throw new ClusterError(
          "webhook",
          "create ConfigMap b: the admission webhook pods.policy.dev cannot be asked: service not found",
          { ref },
        );
    },
  });
  run.cluster.put({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "policy" },
    webhooks: [
      { name: "other.policy.dev", clientConfig: { service: { namespace: "x", name: "y" } } },
      { name: "pods.policy.dev", clientConfig: { service: { namespace: "policy", name: "hook" } } },
    ],
  });
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "failed",
    message:
      "create ConfigMap b: the admission webhook pods.policy.dev cannot be asked: service not found (of ValidatingWebhookConfiguration policy, served by Service policy/hook)",
    hint: "see what serves it: kubectl -n policy get endpoints hook; if it is not needed any more: kubectl delete validatingwebhookconfiguration policy",
    ref: refOf({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b", namespace: "db" } }),
  });
});

test("a StatefulSet whose pods would be refused for its name is refused before the first write", async () => {
  const name = "a".repeat(53);
  const set = `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: ${name}}, spec: {}}`;
  const run = scenario(TWO.replace(configMap("b"), set));
  const error = await executeRun(run.inputs, run.deps).catch((thrown) => thrown);
  expect(errorText(error)).toContain(
    "has 53 characters; its pods cannot be made with more than 52",
  );
  expect(run.cluster.objects()).toEqual([]);
});

test("a webhook that does not answer before the first write is named too", async () => {
  const run = scenario(TWO, {
    fault: ({ ref, dryRun }) => {
      if (ref.name === "b" && dryRun)
        throw new ClusterError("webhook", "the admission webhook x.dev cannot be asked: timeout", {
          ref,
          transient: true,
        });
    },
  });
  run.cluster.put({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "injector" },
    webhooks: [{ name: "x.dev", clientConfig: { url: "https://hook.example" } }],
  });
  await expect(executeRun(run.inputs, run.deps)).rejects.toMatchObject({
    kind: "webhook",
    message: expect.stringContaining("(of MutatingWebhookConfiguration injector)"),
    hint: expect.stringContaining("kubectl delete mutatingwebhookconfiguration injector"),
  });
  expect(run.cluster.objects().filter(({ kind }) => kind === "ConfigMap")).toEqual([]);
});
