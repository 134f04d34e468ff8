import { expect, test } from "vitest";
import { refText } from "../../model/kube-object.ts";
import type { Meter } from "../../model/meter.ts";
import { createWatchHub } from "../objects/watch-hub.ts";
import { createRunContext } from "../run-context.ts";
import { scenario } from "../testing/scenario.ts";
import { useMeter } from "./use-meter.ts";

const METER: Meter = { pod: "meter.yaml", budget: {}, over: "fail" };
const LINE = '{"ok":10,"failed":0,"p50":1,"p99":4,"gapMs":20}';

function* ticking(): Iterable<readonly [number, string]> {
  for (;;) yield [100, LINE];
}

test("whoever comes while the last one leaves gets a meter of its own, which stays on record", async () => {
  const text = `
templates:
  meter.yaml: '{apiVersion: v1, kind: Pod, metadata: {name: galera-meter}, spec: {containers: [{name: m, image: i}]}}'
plans: { update: { phases: {} } }
`;
  const { inputs, deps, cluster, done, intents } = scenario(text, {
    simulated: false,
    log: ticking,
    deletionTakes: 700,
  });
  const run = createRunContext(inputs, deps, {
    hub: createWatchHub(cluster, deps.emit),
    halt: new AbortController().signal,
    definedKinds: new Map(),
  });
  const first = await useMeter(METER, { plan: "update" }, run);
  const leaving = first.close();
  const second = await useMeter(METER, { plan: "update" }, run);
  await leaving;
  expect(intents.flatMap(({ objects }) => objects.map(refText))).toHaveLength(2);
  expect(done.filter((line) => line.startsWith("removed"))).toHaveLength(1);
  expect([...run.inventory].filter((key) => key.includes("galera-meter"))).toHaveLength(1);
  await second.close();
  expect(cluster.objects().filter(({ kind }) => kind === "Pod")).toEqual([]);
  expect(run.inventory.size).toBe(0);
});
