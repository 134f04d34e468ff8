import { expect, test } from "vitest";
import type { StepSkip } from "../../model/driver.ts";
import { pathText, type RunPath } from "../../model/run.ts";
import { executeRun } from "../execute-run.ts";
import { configMap, eventLines, scenario } from "../testing/scenario.ts";

const TEXT = `
tasks:
  one: { kind: Apply, resources: [one.yaml] }
  never: { kind: Dummy, done: false }
  failing: { kind: Dummy, wantErr: true }
  two: { kind: Apply, resources: [two.yaml] }
templates:
  one.yaml: '${configMap("one")}'
  two.yaml: '${configMap("two")}'
plans:
  deploy:
    phases:
      first: { strategy: parallel, steps: { config: [one], hangs: [one, never], fails: [failing] } }
      last: { steps: { more: [two], end: [one] } }
`;

/** When it is asked, by the status that is told then, and for which steps. */
type Ask = readonly [string, readonly string[]];

async function run(asks: readonly Ask[]): Promise<{
  readonly outcome: unknown;
  readonly lines: readonly string[];
  readonly world: ReturnType<typeof scenario>;
}> {
  const world = scenario(TEXT);
  let ask: (skip: StepSkip) => void = () => undefined;
  const skips = {
    listen: (onSkip: (skip: StepSkip) => void) => {
      ask = onSkip;
      return () => undefined;
    },
  };
  const left = new Set(asks);
  const outcome = await executeRun(world.inputs, {
    ...world.deps,
    skips,
    emit: (event) => {
      world.deps.emit(event);
      if (event.type !== "status") return;
      for (const one of left)
        if (one[0] === `${pathText(event.path)} ${event.status}` && left.delete(one))
          for (const path of one[1]) ask({ ...placeOf(path), message: "skipped by anna" });
    },
  });
  return { outcome, lines: eventLines(world.events), world };
}

function placeOf(path: string): Required<Pick<RunPath, "plan" | "phase" | "step">> {
  const [plan = "", phase = "", step = ""] = path.split(".");
  return { plan, phase, step };
}

test("steps under way are halted and left out, one that is tried again too, and the run goes on", async () => {
  const { outcome, lines, world } = await run([
    ["deploy.first.fails ERROR", ["deploy.first.hangs", "deploy.first.fails"]],
  ]);
  expect(outcome).toEqual({ result: "complete" });
  expect(lines).toContain("deploy.first.hangs COMPLETE: skipped by anna");
  expect(lines).toContain("deploy.first.fails COMPLETE: skipped by anna");
  expect(lines.indexOf("deploy.first COMPLETE")).toBeLessThan(
    lines.indexOf("deploy.last.more IN_PROGRESS"),
  );
  const skipped = world.events.filter(
    (event) => event.type === "status" && event.reason === "Skipped",
  );
  expect(skipped).toHaveLength(2);
  // Nothing of it is awaited any more.
  expect(world.done).toContain("deploy.first.hangs.never");
});

test("a step that has not begun is left out at once, and writes nothing", async () => {
  const { outcome, lines, world } = await run([
    [
      "deploy.first.hangs IN_PROGRESS",
      ["deploy.last.more", "deploy.nowhere.at-all", "other.a.b", "deploy.last.mroe"],
    ],
    ["deploy.first.fails ERROR", ["deploy.first.hangs", "deploy.first.fails"]],
  ]);
  expect(outcome).toEqual({ result: "complete" });
  expect(lines.indexOf("deploy.last.more COMPLETE: skipped by anna")).toBeLessThan(
    lines.indexOf("deploy.first COMPLETE"),
  );
  expect(world.cluster.objects().map(({ metadata }) => metadata.name)).toEqual(["one"]);
});

test("a step that is complete stays as it is", async () => {
  const { lines } = await run([
    [
      "deploy.first.config COMPLETE",
      ["deploy.first.config", "deploy.first.hangs", "deploy.first.fails"],
    ],
  ]);
  expect(lines).toContain("deploy.first.config COMPLETE");
  expect(lines).not.toContain("deploy.first.config COMPLETE: skipped by anna");
});
