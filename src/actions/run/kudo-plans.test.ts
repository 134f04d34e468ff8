import { expect, test } from "vitest";
import type { Operator } from "../../model/package.ts";
import type { Parameter } from "../../model/parameter.ts";
import type { RunKind, RunRecord } from "../../model/run.ts";
import { selectPlans } from "./select-plans.ts";

// Compat section 7.2: which plan an update or upgrade of a KUDO package runs.

const at = { file: "params.yaml", line: 1, col: 1 };

/** `NAME`, `NAME>trigger`, `NAME=default` or `NAME=default>trigger`. */
function parameter(text: string): Parameter {
  const [, name = "", value, trigger] = /^(\w+)(?:=([^>]*))?(?:>(.*))?$/.exec(text) ?? [];
  return {
    name,
    type: "string",
    kudoType: "",
    required: false,
    immutable: false,
    at,
    ...(value !== undefined && { default: value }),
    ...(trigger !== undefined && { trigger }),
  };
}

function operator(plans: string): Operator {
  return {
    name: "shop",
    operatorVersion: "1.0.0",
    maintainers: [],
    tasks: [],
    plans: plans.split(" ").map((name) => ({ name, strategy: "parallel", phases: [] })),
  };
}

function values(text: string): Record<string, string> {
  const pairs = text.split(" ").filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
}

/** `kind status plan,plan A=1`, with `@digest` after the kind for another content of the package. */
function run(text: string, number: number): RunRecord {
  const [kind = "", status = "", plans = "", ...rest] = text.split(" ");
  const [word = "", digest = "d1"] = kind.split("@");
  return {
    number,
    digest,
    dialect: "kudo",
    uid: `run-${number}`,
    kind: word as RunKind,
    status: status as RunRecord["status"],
    plans: plans.split(","),
    parameters: values(rest.join(" ")),
  } as Partial<RunRecord> as RunRecord;
}

const PARAMS = "COUNT=2>scale COLOR=red>settings NAME TEXT=x BASE>deploy LOST>gone";
const DONE = "install COMPLETE deploy COUNT=3 NAME=a";

interface Case {
  readonly is: string;
  readonly plans?: string;
  readonly runs?: readonly string[];
  readonly wants: string;
  readonly introduced?: string;
  readonly runsPlans: string;
}

test.each<Case>([
  { is: "no change", wants: "COUNT=3 NAME=a", runsPlans: "none" },
  { is: "no trigger: update", wants: "COUNT=3 NAME=b", runsPlans: "update" },
  {
    is: "no trigger, no update: deploy",
    plans: "scale deploy",
    wants: "COUNT=3 NAME=b",
    runsPlans: "deploy",
  },
  { is: "no trigger, neither", plans: "scale", wants: "COUNT=3 NAME=b", runsPlans: "refused" },
  { is: "its trigger", wants: "COUNT=4 NAME=a", runsPlans: "scale" },
  { is: "its trigger alone, beside one without", wants: "COUNT=4 NAME=b", runsPlans: "scale" },
  {
    is: "several with one trigger",
    wants: "COUNT=4 NAME=a BASE=1",
    plans: "scale",
    runsPlans: "refused",
  },
  {
    is: "two triggers, in the order of the package",
    wants: "COLOR=blue COUNT=4 NAME=a",
    runsPlans: "scale settings",
  },
  { is: "a trigger without a plan", wants: "COUNT=3 NAME=a LOST=1", runsPlans: "refused" },
  { is: "what the default says, said", wants: "COUNT=3 NAME=a TEXT=x", runsPlans: "update" },
  { is: "a value taken away", wants: "NAME=a", runsPlans: "scale" },
  {
    is: "a name that nobody declares taken away",
    runs: ["install COMPLETE deploy ODD=1"],
    wants: "",
    runsPlans: "none",
  },
  { is: "an empty text is a value", wants: "COUNT= NAME=a", runsPlans: "scale" },
  {
    is: "upgrade",
    plans: "deploy update upgrade scale",
    runs: ["install@old COMPLETE deploy NAME=a"],
    wants: "NAME=a",
    runsPlans: "upgrade",
  },
  {
    is: "upgrade with what triggers deploy",
    plans: "deploy update upgrade scale",
    runs: ["install@old COMPLETE deploy NAME=a"],
    wants: "NAME=a BASE=2",
    runsPlans: "upgrade",
  },
  {
    is: "upgrade without the plan: update",
    plans: "deploy update scale",
    runs: ["install@old COMPLETE deploy NAME=a"],
    wants: "NAME=a",
    runsPlans: "update",
  },
  {
    is: "upgrade with neither: deploy",
    plans: "deploy scale",
    runs: ["install@old COMPLETE deploy NAME=a"],
    wants: "NAME=b",
    runsPlans: "deploy",
  },
  {
    is: "upgrade and another trigger, one after the other",
    plans: "scale deploy upgrade",
    runs: ["install@old COMPLETE deploy NAME=a"],
    wants: "NAME=a COUNT=4",
    runsPlans: "upgrade scale",
  },
  {
    is: "what comes in with the upgrade triggers nothing",
    plans: "deploy scale upgrade",
    runs: ["install@old COMPLETE deploy NAME=a"],
    wants: "NAME=a COUNT=4",
    introduced: "COUNT",
    runsPlans: "upgrade",
  },
  { is: "install", runs: [], wants: "NAME=a", runsPlans: "deploy" },
  {
    is: "install without deploy",
    plans: "update",
    runs: [],
    wants: "NAME=a",
    runsPlans: "refused",
  },
  {
    is: "the same update after it failed",
    runs: ["update FATAL_ERROR scale COUNT=4 NAME=a", DONE],
    wants: "COUNT=4 NAME=a",
    runsPlans: "scale",
  },
  {
    is: "another update after one failed does what both want",
    runs: ["update FATAL_ERROR scale COUNT=4 NAME=a", DONE],
    wants: "COUNT=4 NAME=a COLOR=blue",
    runsPlans: "scale settings",
  },
])("$is: $wants runs $runsPlans", ({ plans = "deploy scale settings update", wants, ...rest }) => {
  const runs = rest.runs ?? [DONE];
  const ask = () =>
    selectPlans({
      pkg: {
        dialect: "kudo",
        operator: operator(plans),
        parameters: PARAMS.split(" ").map(parameter),
        digest: "d1",
      },
      desired: values(wants),
      runs: runs.map((text, index) => run(text, runs.length - index)),
      ...(rest.introduced !== undefined && { introduced: new Set(rest.introduced.split(" ")) }),
    });
  if (rest.runsPlans === "refused") expect(ask).toThrow(/no plan|neither plan|does not have/);
  else {
    const choice = ask();
    expect(choice.kind === "nothing" ? "none" : choice.plans.join(" ")).toBe(rest.runsPlans);
  }
});
