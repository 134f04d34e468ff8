import { expect, test } from "vitest";
import type { Plan, Step } from "../../model/plan.ts";
import { askAgain, type StepState } from "./ask-again.ts";

/** look; hold (judged by look); choose (judged by hold); rise. */
const PLAN: Plan = {
  name: "recover",
  strategy: "serial",
  phases: [
    {
      name: "all",
      strategy: "serial",
      steps: [
        step("look"),
        step("hold", "size(Facts.look) == 3"),
        step("choose", "Facts.hold.all(m, m.uuid == Facts.hold[0].uuid)"),
        step("rise"),
      ],
    },
  ],
};

test.each([
  ["nothing is complete", "open open open open", ""],
  ["the second is refused", "complete open open open", "look"],
  [
    "the third is refused, by what the second found, which the first let begin",
    "complete complete open open",
    "look hold",
  ],
  ["the third was killed midway", "complete complete midway open", ""],
  ["all that judges is done", "complete complete complete open", ""],
])("when %s", (_, states, again) => {
  const words = states.split(" ") as StepState[];
  const names = ["look", "hold", "choose", "rise"];
  const found = askAgain(
    PLAN,
    (place) => words[names.indexOf(place.replace("all/", ""))] ?? "open",
  );
  expect([...found].map((place) => place.replace("all/", "")).sort()).toEqual(
    again.split(" ").filter(Boolean).sort(),
  );
});

function step(name: string, expression?: string): Step {
  const requirement = { id: `${name}-fits`, expression: expression ?? "", message: "no" };
  return {
    name,
    strategy: "serial",
    tasks: [name],
    ...(expression !== undefined && { require: [requirement] }),
  };
}
