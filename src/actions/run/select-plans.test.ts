import { expect, test } from "vitest";
import type { Operator } from "../../model/package.ts";
import type { Parameter } from "../../model/parameter.ts";
import type { RunKind, RunRecord } from "../../model/run.ts";
import { selectPlans } from "./select-plans.ts";

const at = { file: "params.yaml", line: 1, col: 1 };

/** `NAME` or `NAME>trigger`. */
function parameter(text: string): Parameter {
  const [name = "", trigger] = text.split(">");
  return {
    name,
    type: "string",
    required: false,
    immutable: false,
    at,
    ...(trigger !== undefined && { trigger }),
  };
}

function operator(plans: string): Operator {
  return {
    name: "galera",
    operatorVersion: "1.0.0",
    maintainers: [],
    tasks: [],
    plans: plans.split(" ").map((name) => ({ name, strategy: "serial", phases: [] })),
  };
}

/** `A=1 B=2`. */
function values(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(" ")
      .filter(Boolean)
      .map((pair) => pair.split("=") as [string, string]),
  );
}

/** `kind status plan,plan A=1 B=2`, with `@digest` after the kind for another content of the package. */
function run(text: string, number: number): RunRecord {
  const [kind = "", status = "", plans = "", ...rest] = text.split(" ");
  const [word = "", digest = "d1"] = kind.split("@");
  return {
    number,
    digest,
    uid: `run-${number}`,
    kind: word as RunKind,
    status: status as RunRecord["status"],
    plans: plans.split(","),
    parameters: values(rest.join(" ")),
  } as Partial<RunRecord> as RunRecord;
}

const PLANS = "deploy node_update tune update";
const TRIGGERS = "NODES>node_update MEMORY>tune NAME BASE>deploy";

test.each([
  // Until deploy has completed once, it goes on.
  { title: "nothing ran yet", runs: [], desired: "", want: "deploy" },
  {
    title: "deploy was interrupted: it goes on",
    runs: ["install IN_PROGRESS deploy NODES=3"],
    desired: "NODES=3",
    want: "deploy, keeping deploy of 1",
  },
  {
    title: "deploy failed: it goes on",
    runs: ["install FATAL_ERROR deploy NODES=3"],
    desired: "NODES=3",
    want: "deploy, keeping deploy of 1",
  },
  {
    title: "deploy failed, new value: deploy goes on, then what the change triggers",
    runs: ["install FATAL_ERROR deploy NODES=3"],
    desired: "NODES=5",
    want: "deploy node_update, keeping deploy of 1",
  },
  {
    title: "plans that an earlier change appended stay",
    runs: ["install FATAL_ERROR deploy,node_update NODES=5"],
    desired: "NODES=5 MEMORY=2",
    want: "deploy node_update tune, keeping deploy node_update of 1",
  },
  {
    title: "the appended plan begins anew when its parameter changes again",
    runs: ["install FATAL_ERROR deploy,node_update NODES=5"],
    desired: "NODES=7",
    want: "deploy node_update, keeping deploy of 1",
  },
  {
    title: "a change that triggers deploy itself begins it anew",
    runs: ["install FATAL_ERROR deploy BASE=a"],
    desired: "BASE=b",
    want: "deploy, keeping nothing of 1",
  },
  {
    title: "another content of the package begins deploy anew",
    runs: ["install@d0 FATAL_ERROR deploy"],
    desired: "",
    want: "deploy",
  },
  {
    title: "a triggered plan does not count as a deploy",
    runs: ["trigger COMPLETE tune", "install FATAL_ERROR deploy"],
    desired: "",
    want: "deploy, keeping deploy of 1",
  },
  // After it.
  {
    title: "complete and the same",
    runs: ["install COMPLETE deploy NODES=3"],
    desired: "NODES=3",
    want: "nothing",
  },
  {
    title: "one change",
    runs: ["install COMPLETE deploy NODES=3"],
    desired: "NODES=5",
    want: "node_update",
  },
  {
    title: "a value is set to nothing",
    runs: ["install COMPLETE deploy NODES=3"],
    desired: "",
    want: "node_update",
  },
  {
    title: "several triggers: one run, in the order of the package",
    runs: ["install COMPLETE deploy NODES=3 MEMORY=1"],
    desired: "NODES=5 MEMORY=2",
    want: "node_update tune",
  },
  {
    title: "no trigger: update",
    runs: ["install COMPLETE deploy NAME=a"],
    desired: "NAME=b",
    want: "update",
  },
  {
    title: "no trigger and no update plan: deploy",
    plans: "deploy tune",
    runs: ["install COMPLETE deploy NAME=a"],
    desired: "NAME=b",
    want: "deploy",
  },
  {
    title: "with and without trigger: both plans",
    runs: ["install COMPLETE deploy NODES=3 NAME=a"],
    desired: "NODES=5 NAME=b",
    want: "node_update update",
  },
  {
    title: "the same update after a failure goes on",
    runs: ["update FATAL_ERROR node_update NODES=5", "install COMPLETE deploy NODES=3"],
    desired: "NODES=5",
    want: "node_update, keeping node_update of 2",
  },
  {
    title: "another value after a failure: a new run, against the last COMPLETE one",
    runs: ["update FATAL_ERROR node_update NODES=5", "install COMPLETE deploy NODES=3"],
    desired: "NODES=7",
    want: "node_update",
  },
  {
    title: "back to the old value after a failure: what was half applied is undone",
    runs: ["update FATAL_ERROR node_update NODES=5", "install COMPLETE deploy NODES=3"],
    desired: "NODES=3",
    want: "node_update",
  },
  {
    title: "another parameter after a failure: the failed change is not forgotten",
    runs: ["update FATAL_ERROR node_update NODES=5", "install COMPLETE deploy NODES=3 MEMORY=1"],
    desired: "NODES=5 MEMORY=2",
    want: "node_update tune",
  },
  {
    title: "back to the old values by a run that failed as well goes on",
    runs: [
      "update IN_PROGRESS node_update NODES=3",
      "update FATAL_ERROR node_update NODES=5",
      "install COMPLETE deploy NODES=3",
    ],
    desired: "NODES=3",
    want: "node_update, keeping node_update of 3",
  },
  {
    title: "after a complete update only later changes count",
    runs: [
      "update COMPLETE node_update NODES=5",
      "update FATAL_ERROR node_update NODES=4",
      "install COMPLETE deploy NODES=3",
    ],
    desired: "NODES=5",
    want: "nothing",
  },
  {
    title: "a failed triggered plan asks for nothing",
    runs: ["trigger FATAL_ERROR tune NODES=3", "install COMPLETE deploy NODES=3"],
    desired: "NODES=3",
    want: "nothing",
  },
  // Another content of the package.
  {
    title: "upgrade without an upgrade plan: update",
    runs: ["install@d0 COMPLETE deploy"],
    desired: "",
    want: "update",
  },
  {
    title: "upgrade",
    plans: "deploy upgrade update tune",
    runs: ["install@d0 COMPLETE deploy MEMORY=1"],
    desired: "MEMORY=2",
    want: "upgrade tune",
  },
  {
    title: "an upgrade without upgrade and update plans: deploy",
    plans: "deploy tune",
    runs: ["install@d0 COMPLETE deploy"],
    desired: "",
    want: "deploy",
  },
  {
    title: "parameters that the upgrade brings along trigger nothing",
    plans: "deploy upgrade tune",
    introduced: "MEMORY",
    runs: ["install@d0 COMPLETE deploy"],
    desired: "MEMORY=2",
    want: "upgrade",
  },
  {
    title: "an unfinished upgrade goes on",
    plans: "deploy upgrade",
    runs: ["upgrade FATAL_ERROR upgrade", "install@d0 COMPLETE deploy"],
    desired: "",
    want: "upgrade, keeping upgrade of 2",
  },
  {
    title: "an update after an unfinished upgrade finishes that too",
    plans: "deploy upgrade tune",
    runs: ["upgrade FATAL_ERROR upgrade", "install@d0 COMPLETE deploy"],
    desired: "MEMORY=2",
    want: "upgrade tune",
  },
  {
    title: "back to the version before an unfinished upgrade",
    plans: "deploy upgrade",
    runs: ["upgrade@d2 FATAL_ERROR upgrade", "install COMPLETE deploy"],
    desired: "",
    want: "upgrade",
  },
  // Deployed by another tool.
  { title: "adopted, the same", runs: [], adopted: "NODES=3", desired: "NODES=3", want: "nothing" },
  {
    title: "adopted, changed",
    runs: [],
    adopted: "NODES=3",
    desired: "NODES=5",
    want: "node_update",
  },
])("$title", ({ runs, desired, want, plans = PLANS, introduced, adopted }) => {
  const choice = selectPlans({
    pkg: {
      dialect: "native",
      operator: operator(plans),
      parameters: TRIGGERS.split(" ").map(parameter),
      digest: "d1",
    },
    desired: values(desired),
    runs: runs.map((text, index) => run(text, runs.length - index)),
    ...(introduced !== undefined && { introduced: new Set(introduced.split(" ")) }),
    ...(adopted !== undefined && { adopted: values(adopted) }),
  });
  expect(textOf(choice)).toBe(want);
});

function textOf(choice: ReturnType<typeof selectPlans>): string {
  if (choice.kind === "nothing") return "nothing";
  const plans = choice.plans.join(" ");
  if (!choice.from) return plans;
  return `${plans}, keeping ${choice.keep.join(" ") || "nothing"} of ${choice.from.number}`;
}

test("changes are told against the last complete run", () => {
  const choice = selectPlans({
    pkg: {
      dialect: "native",
      operator: operator(PLANS),
      parameters: TRIGGERS.split(" ").map(parameter),
      digest: "d1",
    },
    desired: values("NODES=7 MEMORY=2"),
    runs: [
      run("update FATAL_ERROR node_update NODES=5 MEMORY=2", 2),
      run("install COMPLETE deploy NODES=3 MEMORY=2", 1),
    ],
  });
  expect(choice).toMatchObject({ changes: [{ name: "NODES", from: "3", to: "7" }] });
});
