import { load } from "js-yaml";
import { expect, test } from "vitest";
import type { Gate, PodAnswer } from "../model/gate.ts";
import type { Json } from "../model/json.ts";
import { judgeGate } from "./judge-gate.ts";

// A gate and what the pods said, in; the sentence, out: `holds: …`, `slow: …` or `waits: …`.

const GALERA = `
expect:
  - {kind: all, of: "Values.status == 'Primary' && Values.state == 4", message: every member must be synced}
  - {kind: all, of: Values.size == Expected, message: the view is incomplete}
  - {kind: same, name: uuid, message: two clusters}
`;
const WELL = "status: Primary, state: 4, uuid: u1";

test.each<[string, string, string, number, string]>([
  [
    "all well",
    GALERA,
    `a-0: {${WELL}, size: 2}\na-1: {${WELL}, size: 2}`,
    2,
    "holds: 2 pods are as expected",
  ],
  [
    "one joins",
    GALERA,
    `a-0: {${WELL}, size: 2}\na-1: {status: Primary, state: 1, uuid: u1, size: 2}`,
    2,
    "waits: every member must be synced: a-1",
  ],
  [
    "a member does not see the new one yet",
    GALERA,
    `a-0: {${WELL}, size: 2}\na-1: {${WELL}, size: 1}`,
    2,
    "waits: the view is incomplete: a-1",
  ],
  [
    "one left, and the view is right without it",
    GALERA,
    `a-0: {${WELL}, size: 1}`,
    1,
    "holds: 1 pod is as expected",
  ],
  [
    "a split brain",
    GALERA,
    `a-0: {${WELL}, size: 2}\na-1: {status: Primary, state: 4, size: 2, uuid: u2}`,
    2,
    'waits: two clusters: "u1" in a-0, "u2" in a-1',
  ],
  [
    "a pod is silent",
    GALERA,
    `a-0: {${WELL}, size: 2}\na-1: its command ended with exit code 1`,
    2,
    "waits: a-1 gives no answer: its command ended with exit code 1",
  ],
  [
    "many are silent",
    GALERA,
    "a-0: no\na-1: no\na-2: no\na-3: no\na-4: no",
    5,
    "waits: a-0 gives no answer: no; a-1 gives no answer: no; a-2 gives no answer: no; and 2 more",
  ],
  ["nobody is there", GALERA, "{}", 3, "waits: no pod was found to ask, of 3 that should be there"],
  ["nobody should be there", GALERA, "{}", 0, "holds: no pod is left, and none should be"],
  [
    "a value that is not there yet",
    "expect: [{kind: all, of: Values.lag < 5}]",
    "a-0: {lag: 1}\na-1: {other: 1}",
    2,
    "waits: Values.lag < 5 does not hold: a-1 (…)",
  ],
  [
    "any",
    "expect: [{kind: any, of: Values.role == 'primary', message: nobody leads}]",
    "a-0: {role: replica}\na-1: {role: primary}",
    2,
    "holds: 2 pods are as expected",
  ],
  [
    "nobody",
    "expect: [{kind: any, of: Values.role == 'primary', message: nobody leads}]",
    "a-0: {role: replica}\na-1: {role: replica}",
    2,
    "waits: nobody leads: a-0, a-1",
  ],
  [
    "too many",
    "expect: [{kind: count, of: Values.role == 'primary', min: '1', max: '1', message: leaders}]",
    "a-0: {role: primary}\na-1: {role: primary}",
    2,
    "waits: leaders: 2 of 2, 1 wanted",
  ],
  [
    "at least",
    "expect: [{kind: count, of: Values.up == 1, min: Expected - 1}]",
    "a-0: {up: 0}\na-1: {up: 1}\na-2: {up: 0}",
    3,
    "waits: Values.up == 1 holds in the wrong number of pods: 1 of 3, at least 2 wanted",
  ],
  [
    "at most",
    "expect: [{kind: count, of: Values.up == 0, max: Params.DOWN}]",
    "a-0: {up: 0}\na-1: {up: 0}",
    2,
    "waits: Values.up == 0 holds in the wrong number of pods: 2 of 2, at most 1 wanted",
  ],
  [
    "between",
    "expect: [{kind: count, of: Values.up == 0, min: '1', max: '2'}]",
    "a-0: {up: 0}",
    1,
    "holds: 1 pod is as expected",
  ],
  [
    "same, and one does not say",
    "expect: [{kind: same, name: uuid}]",
    "a-0: {uuid: u}\na-1: {x: 1}",
    2,
    'waits: uuid is not the same in all pods: "u" in a-0, nothing in a-1',
  ],
  [
    "same, by a name that every object of JavaScript has",
    "expect: [{kind: same, name: constructor}]",
    "a-0: {x: 1}\na-1: {x: 1}",
    2,
    "waits: constructor is not the same in all pods: nothing in a-0, a-1",
  ],
  [
    "more pods than expected, which no expectation minds",
    "expect: []",
    "a-0: {x: 1}\na-1: {x: 1}",
    1,
    "holds: 2 pods are as expected (1 should be there)",
  ],
  [
    "a pod by its ordinal",
    "expect: [{kind: all, of: Pod.ordinal < 1 || Values.x == 2}]",
    "a-0: {x: 1}\na-1: {x: 2}",
    2,
    "holds: 2 pods are as expected",
  ],
  [
    "slow",
    "expect: []\nslowWhen: 'Pods.exists(p, p.values.queue > 10)'",
    "a-0: {queue: 3}\na-1: {queue: 30}",
    2,
    "slow: the next change waits while Pods.exists(p, p.values.queue > 10)",
  ],
  [
    "not slow",
    "expect: []\nslowWhen: 'Pods.exists(p, p.values.queue > 10)'",
    "a-0: {queue: 3}",
    1,
    "holds: 1 pod is as expected",
  ],
  [
    "a message that ends as a sentence goes on as one",
    "expect: [{kind: all, of: Values.x == 4, message: They do not agree.}]",
    "a-0: {x: 3}",
    1,
    "waits: They do not agree: a-0",
  ],
  [
    "slow where that cannot be told",
    "expect: []\nslowWhen: Pods[0].values.queue > 10",
    "a-0: {x: 3}",
    1,
    "slow: the next change waits: …",
  ],
])("%s", (_, gate, pods, expected, sentence) => {
  const world = {
    Params: { DOWN: 1 },
    Facts: {},
    Capabilities: { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: [] },
  };
  const verdict = judgeGate(load(gate) as Gate, { answers: answersOf(pods), expected }, world);
  const word = verdict.slow ? "slow" : verdict.holds ? "holds" : "waits";
  const said = `${word}: ${verdict.message}`;
  expect(sentence.includes("…") ? said.slice(0, sentence.indexOf("…")) : said).toBe(
    sentence.includes("…") ? sentence.slice(0, sentence.indexOf("…")) : sentence,
  );
});

/** `name: {…}` is an answer, `name: text` is why there is none. */
function answersOf(text: string): PodAnswer[] {
  return Object.entries(load(text) as Record<string, Json>).map(([name, said]): PodAnswer => {
    const ordinal = Number(name.split("-")[1]);
    return typeof said === "string"
      ? { name, ordinal, trouble: said }
      : { name, ordinal, values: said as NonNullable<PodAnswer["values"]> };
  });
}
