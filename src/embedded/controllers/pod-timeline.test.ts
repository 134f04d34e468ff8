import { load } from "js-yaml";
import { expect, test } from "vitest";
import type { KubeObject } from "../../model/kube-object.ts";
import type { PodWorld } from "./pod-stages.ts";
import { nextPodStep, type PodTimings } from "./pod-timeline.ts";
import { podStatusOf } from "./shapes.ts";

const timings: PodTimings = {
  schedule: 1,
  prepare: 10,
  init: 100,
  ready: 1_000,
  work: 10_000,
  terminate: 300,
};
const fine: PodWorld = {
  now: "2026-03-01T12:00:00Z",
  nodeAddress: "10.10.0.10",
  podIP: "10.244.0.2",
  mountProblem: undefined,
  containerProblems: new Map(),
};

const pod = (spec: string): KubeObject =>
  load(`
apiVersion: v1
kind: Pod
metadata: { name: p, namespace: x, uid: u }
spec: { containers: [{ name: a, image: i }], ${spec} }
status: { phase: Pending }`) as KubeObject;

/** The stages of a pod's life, each with the milliseconds it comes after, until nothing happens by itself. */
function life(start: KubeObject, world: PodWorld = fine): string[] {
  const stages: string[] = [];
  let now = start;
  for (let n = 0; n < 20; n++) {
    const step = nextPodStep(now, world, timings);
    if (step === undefined) return stages;
    if (step.act !== "status") return [...stages, `${step.after} ${step.act}`];
    now = { ...now, status: step.status };
    const { phase, initContainerStatuses = [], containerStatuses = [] } = step.status;
    const words = [...initContainerStatuses, ...containerStatuses].map(
      ({ name, state, ready }) =>
        `${name}:${state.waiting?.reason ?? Object.keys(state)[0]}${ready ? "+" : ""}`,
    );
    stages.push(`${step.after} ${phase} ${words.join(" ")}`);
  }
  throw new Error(`no end: ${stages.join(", ")}`);
}

test.each<[string, KubeObject, PodWorld, string[]]>([
  ["without a node", pod(""), fine, ["1 schedule"]],
  [
    "on a node",
    pod("nodeName: n"),
    fine,
    ["0 Pending a:ContainerCreating", "10 Running a:running", "1000 Running a:running+"],
  ],
  [
    "with init containers",
    pod("nodeName: n, initContainers: [{ name: i1, image: i }, { name: i2, image: i }]"),
    fine,
    [
      "0 Pending i1:PodInitializing i2:PodInitializing a:PodInitializing",
      "10 Pending i1:running i2:PodInitializing a:PodInitializing",
      "100 Pending i1:terminated+ i2:running a:PodInitializing",
      "100 Pending i1:terminated+ i2:terminated+ a:PodInitializing",
      "0 Running i1:terminated+ i2:terminated+ a:running",
      "1000 Running i1:terminated+ i2:terminated+ a:running+",
    ],
  ],
  [
    "that runs to its end",
    pod("nodeName: n, restartPolicy: Never"),
    fine,
    ["0 Pending a:ContainerCreating", "10 Running a:running", "10000 Succeeded a:terminated"],
  ],
  [
    "that runs to its end as long as it prints",
    pod("nodeName: n, restartPolicy: Never"),
    { ...fine, workTime: 300 },
    ["0 Pending a:ContainerCreating", "10 Running a:running", "300 Succeeded a:terminated"],
  ],
  [
    "that never stops printing",
    pod("nodeName: n, restartPolicy: Never"),
    { ...fine, workTime: Number.POSITIVE_INFINITY },
    ["0 Pending a:ContainerCreating", "10 Running a:running", "1000 Running a:running+"],
  ],
  [
    "whose volume is missing",
    pod("nodeName: n"),
    { ...fine, mountProblem: "gone" },
    ["0 Pending a:ContainerCreating"],
  ],
  [
    "whose environment is missing",
    pod("nodeName: n"),
    { ...fine, containerProblems: new Map([["a", "gone"]]) },
    ["0 Pending a:ContainerCreating", "10 Pending a:CreateContainerConfigError"],
  ],
])("the life of a pod %s", (_, start, world, stages) => {
  expect(life(start, world)).toEqual(stages);
});

test("a pod that could not begin goes on when what it lacked comes", () => {
  const lacking = { ...fine, containerProblems: new Map([["a", "gone"]]) };
  let now = pod("nodeName: n");
  for (let n = 0; n < 2; n++) {
    const step = nextPodStep(now, lacking, timings);
    if (step?.act === "status") now = { ...now, status: step.status };
  }
  expect(podStatusOf(now).containerStatuses?.[0]?.state.waiting?.message).toBe("gone");
  expect(life(now)).toEqual(["0 Running a:running", "1000 Running a:running+"]);
});

test.each([
  [30, 300],
  [0, 0],
])("a pod with %i s of grace is gone after %i ms", (deletionGracePeriodSeconds, after) => {
  const running = pod("nodeName: n");
  const metadata = {
    ...running.metadata,
    deletionTimestamp: "2026-03-01T12:00:00Z",
    deletionGracePeriodSeconds,
  };
  expect(nextPodStep({ ...running, metadata }, fine, timings)).toEqual({ act: "remove", after });
});
