import { expect, test } from "vitest";
import type { KubeObject } from "../../model/kube-object.ts";
import { executeRun } from "../execute-run.ts";
import { configMap, errorText, type Scenario, scenario } from "../testing/scenario.ts";
import { otherOwner } from "./other-instance.ts";
import { removeObjects } from "./remove-objects.ts";

const APPLY = `
tasks: { t: { kind: Apply, resources: [a.yaml] } }
templates: { a.yaml: '${configMap("a")}' }
plans: { deploy: { phases: { p: { steps: { s: [t] } } } } }
`;
const DELETE = APPLY.replace("kind: Apply", "kind: Delete");

/** ConfigMap a, labelled as made by an instance. */
function owned(instance?: string): KubeObject {
  const labels = instance === undefined ? {} : { labels: { "kudo.dev/instance": instance } };
  const metadata = { name: "a", namespace: "db", ...labels };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { key: "theirs" } };
}

function world(text: string, instance?: string): Scenario {
  const run = scenario(text);
  run.cluster.put(owned(instance));
  return run;
}

test.each([
  ["apply", APPLY],
  ["delete", DELETE],
])("%s of another instance's object is refused before the first write", async (_, text) => {
  const run = world(text, "other");
  const error = await executeRun(run.inputs, run.deps).catch((thrown) => thrown);
  expect(errorText(error)).toMatch(/ConfigMap a belongs to instance other/);
  expect(run.cluster.objects()).toMatchObject([{ data: { key: "theirs" } }]);
  expect(run.intents).toEqual([]);
});

test.each([
  ["apply", APPLY],
  ["delete", DELETE],
])("%s is refused too when the object became another's after the check", async (_, text) => {
  const run = world(text, "galera");
  const emit = run.deps.emit;
  const outcome = await executeRun(run.inputs, {
    ...run.deps,
    emit: (event) => {
      if (event.type === "check-finished") run.cluster.put(owned("other"));
      emit(event);
    },
  });
  expect(outcome).toMatchObject({
    result: "failed",
    message: expect.stringContaining("belongs to instance other"),
  });
  expect(run.cluster.objects()).toMatchObject([{ data: { key: "theirs" } }]);
});

test("it can be taken over", async () => {
  const run = world(APPLY, "other");
  const outcome = await executeRun(run.inputs, { ...run.deps, forceConflicts: true });
  expect(outcome).toEqual({ result: "complete" });
  expect(run.cluster.objects()).toMatchObject([
    { metadata: { labels: { "kudo.dev/instance": "galera" } }, data: { key: "x" } },
  ]);
});

test.each([
  ["galera", undefined],
  ["other", "ConfigMap a is left: it is other's"],
  [undefined, "ConfigMap a is left: it is not labelled as galera's"],
])("an uninstall of galera finds an object of %s", async (owner, warning) => {
  const run = world(APPLY, owner);
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "db", name: "a" };
  await removeObjects([[ref]], { ...run.deps, instance: { name: "galera", namespace: "db" } });
  expect(run.cluster.objects()).toHaveLength(warning === undefined ? 0 : 1);
  const warnings = run.events.flatMap((event) => (event.type === "warning" ? event.message : []));
  expect(warnings).toEqual(warning === undefined ? [] : [warning]);
});

test("what somebody made anew between our look and our deletion is not deleted", async () => {
  const run = world(DELETE, "galera");
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "db", name: "a" };
  const remove = run.cluster.delete;
  let tries = 0;
  const cluster: typeof run.cluster = {
    ...run.cluster,
    delete: async (target, options) => {
      if (!options?.dryRun && tries++ === 0) {
        run.cluster.remove(ref);
        run.cluster.put(owned());
      }
      return await remove(target, options);
    },
  };
  await executeRun(run.inputs, { ...run.deps, cluster });
  expect(run.cluster.objects()).toMatchObject([{ data: { key: "theirs" } }]);
  expect(run.events).toContainEqual({
    type: "warning",
    message: "ConfigMap a is left: somebody made it anew meanwhile",
  });
});

test.each([
  ["the same instance in its namespace", "db", undefined],
  ["an instance of the same name in another one", "web", "galera in namespace web"],
  ["one made by an earlier version, which does not say", undefined, undefined],
])("an object in no namespace of %s", (_, namespace, owner) => {
  const annotations = namespace === undefined ? {} : { "kplan.dev/namespace": namespace };
  const labels = { "kudo.dev/instance": "galera" };
  const role = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "a", labels, annotations },
  };
  expect(otherOwner(role, { name: "galera", namespace: "db" })).toBe(owner);
});
