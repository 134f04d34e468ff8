import { expect, test } from "vitest";
import type { OperatorPackage } from "../../model/package.ts";
import type { RunRecord } from "../../model/run.ts";
import { runInputs } from "./draft-run.ts";

const PKG = { operator: { plans: [] } } as unknown as OperatorPackage;
const RECORD: RunRecord = {
  format: 1,
  uid: "now",
  number: 3,
  kind: "install",
  instance: "db",
  namespace: "ns",
  operatorVersion: "db-1",
  digest: "d",
  plans: [],
  cause: { host: "here", changes: [] },
  parameters: {},
  constants: { seed: "now", startedAt: "2030-01-01T00:00:00Z" },
  status: "IN_PROGRESS",
  startedAt: "2030-01-01T00:00:00Z",
  updatedAt: "2030-01-01T00:00:00Z",
  planStatus: [],
  times: {},
  intents: [],
  inventory: [],
  facts: { look: 1, founded: "as the run saw it" },
  allowed: ["odd"],
};

/** The run whose act `founded` is, and whether plans see it. */
test.each([
  ["another", { founded: "u" }],
  ["now", {}],
  ["before", {}],
])("an act of run %s is seen by requirements of plans as %j", (run, earlier) => {
  const decision = {
    pkg: PKG,
    values: {},
    capabilities: { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: [] },
    salt: "",
    acts: [{ task: "founded", run, value: "u" }],
    choice: {
      kind: "run" as const,
      plans: [],
      keep: [],
      changes: [],
      from: { ...RECORD, uid: "before" },
    },
  };
  const inputs = runInputs(decision, RECORD, "i");
  expect(inputs.earlierFacts).toEqual(earlier);
  expect(inputs.facts).toEqual({ look: 1, founded: "u" });
  expect(inputs.allowed).toEqual(["odd"]);
});
