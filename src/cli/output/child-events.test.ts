import { expect, test } from "vitest";
import type { RunEvent, RunEventBody } from "../../model/event.ts";
import type { Plan } from "../../model/plan.ts";
import { plainLines } from "./plain-lines.ts";
import { addToPicture, EMPTY_PICTURE } from "./run-picture.ts";
import { treeLines } from "./tree-lines.ts";

// The run of an instance, of an instance that it needs, and of one that this one needs.

const STEP = { plan: "deploy", phase: "main", step: "all" };
const STORY: readonly RunEventBody[] = [
  started("top"),
  { type: "status", path: STEP, status: "IN_PROGRESS" },
  below("mid", started("mid")),
  below("mid", { type: "status", path: STEP, status: "IN_PROGRESS" }),
  below("mid", below("low", started("low"))),
  below("mid", below("low", { type: "status", path: STEP, status: "IN_PROGRESS" })),
];

test("the tree of a child stands below the step that waits for it, until that is complete", () => {
  expect(tree(STORY)).toEqual([
    "top in db: deploy (run 1)",
    "· deploy",
    "  · main",
    "    ▸ all",
    "        mid in db: deploy (run 1)",
    "        · deploy",
    "          · main",
    "            ▸ all",
    "                low in db: deploy (run 1)",
    "                · deploy",
    "                  · main",
    "                    ▸ all",
  ]);
  expect(tree([...STORY, { type: "status", path: STEP, status: "COMPLETE" }])).toHaveLength(4);
});

test("lines of a child begin with the names that lead to it", () => {
  let out = "";
  const view = plainLines(
    {
      out: (text) => {
        out += text;
      },
      err: () => undefined,
      isTty: false,
      colors: false,
      width: () => 80,
    },
    false,
  );
  for (const body of STORY) view.event({ at: new Date(0).toISOString(), ...body } as RunEvent);
  expect(out.split("\n").map((line) => line.slice(8))).toEqual([
    "top: run 1 starts (deploy)",
    "deploy.main.all IN_PROGRESS",
    "mid · mid: run 1 starts (deploy)",
    "mid · deploy.main.all IN_PROGRESS",
    "mid · low · low: run 1 starts (deploy)",
    "mid · low · deploy.main.all IN_PROGRESS",
    "",
  ]);
});

function tree(events: readonly RunEventBody[]): string[] {
  const picture = events
    .map((body) => ({ at: new Date(0).toISOString(), ...body }) as RunEvent)
    .reduce(addToPicture, EMPTY_PICTURE);
  const options = { terminal: { colors: false, width: () => 80 }, now: 0, simulated: false };
  return treeLines(picture, options).map((line) => line.replace(/ +0ms$/, ""));
}

function below(instance: string, event: RunEventBody): RunEventBody {
  return { type: "child", path: { ...STEP, task: "child" }, instance, event };
}

function started(instance: string): RunEventBody {
  const steps = [{ name: "all", strategy: "serial" as const, tasks: [] }];
  const plan: Plan = {
    name: "deploy",
    strategy: "serial",
    phases: [{ name: "main", strategy: "serial", steps }],
  };
  return {
    type: "run-started",
    run: {
      uid: instance,
      number: 1,
      kind: "install",
      instance,
      namespace: "db",
      operatorVersion: "v",
    },
    plans: [plan],
    statuses: [],
    resumed: false,
  };
}
