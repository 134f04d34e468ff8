import { expect, test } from "vitest";
import { refOf } from "../../model/kube-object.ts";
import { executeRun } from "../execute-run.ts";
import { configMap, scenario } from "../testing/scenario.ts";
import { createVirtualClock } from "../testing/virtual-clock.ts";

const TEXT = `
tasks: { slow: { kind: Apply, resources: [slow.yaml] }, t: { kind: Apply, resources: [a.yaml] } }
templates:
  slow.yaml: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: slow}, spec: {replicas: 0, selector: {matchLabels: {app: slow}}, template: {metadata: {labels: {app: slow}}}}}'
  a.yaml: '${configMap("a")}'
plans: { deploy: { phases: { p: { steps: { one: [slow], two: [t] } } } } }
`;

test("what was unchanged in the dry run and is not any more is announced before it is written", async () => {
  const clock = createVirtualClock();
  const path = { plan: "deploy", phase: "p", step: "two", task: "t" };
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "db", name: "a" };
  const ready = { replicas: 0, updatedReplicas: 0, availableReplicas: 0 };
  const run = scenario(TEXT, {
    clock,
    inventory: [{ ref, path }],
    controllers: {
      Deployment: async (object, on) => {
        await clock.sleep(20_000);
        const [live] = on.objects().filter(({ kind }) => kind === "ConfigMap");
        if (live !== undefined) on.put({ ...live, data: { key: "drifted" } });
        on.setStatus(refOf(object), { ...ready, observedGeneration: object.metadata.generation });
      },
    },
  });
  const once = scenario(TEXT.replace("one: [slow], ", ""), { clock, cluster: run.cluster });
  expect(await executeRun(once.inputs, once.deps)).toEqual({ result: "complete" });

  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  expect(run.cluster.log.at(-1)).toBe("APPLY ConfigMap a");
  expect(run.intents.map(({ objects }) => objects.map(({ name }) => name))).toEqual([
    ["slow"],
    ["a"],
  ]);
});
