import fc from "fast-check";
import { expect, test } from "vitest";
import type { Plan, Strategy } from "../../model/plan.ts";
import type { ExecutionStatus, PlanStatus } from "../../model/status.ts";
import { advance } from "./advance.ts";
import { nextSteps } from "./next-steps.ts";
import { pendingStatus } from "./pending.ts";

const AT = "2026-01-01T00:00:00.000Z";

/** `serial(a: serial 1 2, b: parallel 3 4)`; a word after a colon per step: `1=COMPLETE`. */
const ROWS: readonly { plan: string; next: string }[] = [
  { plan: "serial | serial: one two", next: "one" },
  { plan: "serial | serial: one=COMPLETE two", next: "two" },
  { plan: "serial | serial: one=IN_PROGRESS two", next: "one" },
  { plan: "serial | serial: one=ERROR two", next: "one" },
  { plan: "serial | parallel: one two", next: "one two" },
  { plan: "serial | parallel: one two=COMPLETE three", next: "one three" },
  { plan: "serial | serial: one | serial: two", next: "one" },
  { plan: "serial | serial: one=COMPLETE | serial: two", next: "two" },
  { plan: "serial | parallel: one=COMPLETE two | serial: three", next: "two" },
  { plan: "parallel | serial: one two | serial: three four", next: "one three" },
  { plan: "parallel | parallel: one two | serial: three four", next: "one two three" },
  { plan: "parallel | serial: one=FATAL_ERROR | serial: two", next: "" },
  { plan: "serial | serial: one=COMPLETE", next: "" },
  { plan: "serial | serial: | serial: one", next: "one" },
  { plan: "serial", next: "" },
];

test.each(ROWS)("$plan → $next", ({ plan, next }) => {
  const { plan: parsed, status } = parse(plan);
  const names = nextSteps(parsed, status).map(({ step }) => step.name);
  expect(names.join(" ")).toBe(next);
});

function parse(text: string): { plan: Plan; status: PlanStatus } {
  const [strategy = "", ...phases] = text.split("|").map((part) => part.trim());
  const parts = phases.map((phase) => {
    const [own = "", steps = ""] = phase.split(":").map((part) => part.trim());
    return { own: own as Strategy, steps: steps.split(" ").filter(Boolean) };
  });
  const plan: Plan = {
    name: "deploy",
    strategy: strategy as Strategy,
    phases: parts.map(({ own, steps }, n) => ({
      name: `phase${n}`,
      strategy: own,
      steps: steps.map((step) => ({ name: bare(step), strategy: "serial", tasks: [] })),
    })),
  };
  const words = new Map(
    parts.flatMap(({ steps }) => steps.map((one) => one.split("=") as [string, string])),
  );
  const pending = pendingStatus(plan, "uid", AT);
  const status: PlanStatus = {
    ...pending,
    phases: pending.phases.map((phase) => ({
      ...phase,
      steps: phase.steps.map((step) => ({
        ...step,
        status: (words.get(step.name) ?? "PENDING") as ExecutionStatus,
      })),
    })),
  };
  return { plan, status };
}

function bare(step: string): string {
  return step.split("=")[0] ?? "";
}

const strategies = fc.constantFrom<Strategy>("serial", "parallel");
const plans: fc.Arbitrary<Plan> = fc
  .record({
    strategy: strategies,
    phases: fc.array(fc.record({ strategy: strategies, steps: fc.nat(4) }), { maxLength: 4 }),
  })
  .map(({ strategy, phases }) => ({
    name: "plan",
    strategy,
    phases: phases.map((phase, p) => ({
      name: `p${p}`,
      strategy: phase.strategy,
      steps: Array.from({ length: phase.steps }, (_, s) => ({
        name: `s${s}`,
        strategy: "serial" as const,
        tasks: [],
      })),
    })),
  }));

/** The rule in plain words: a step may run when it is not complete, nothing failed, and each step that must come before it is complete. */
function mayRun(plan: Plan, complete: ReadonlySet<string>, phase: number, step: number): boolean {
  const isComplete = (p: number, s: number): boolean => complete.has(`${p}/${s}`);
  if (isComplete(phase, step)) return false;
  for (const [p, { steps, strategy }] of plan.phases.entries())
    for (const s of steps.keys()) {
      const earlierPhase = plan.strategy === "serial" && p < phase;
      const earlierStep = strategy === "serial" && p === phase && s < step;
      if ((earlierPhase || earlierStep) && !isComplete(p, s)) return false;
    }
  return true;
}

test("every order of completion follows the rule in plain words, and reaches the end", () => {
  fc.assert(
    fc.property(plans, fc.infiniteStream(fc.nat()), (plan, choices) => {
      let status = pendingStatus(plan, "uid", AT);
      const complete = new Set<string>();
      const all = plan.phases.flatMap(({ steps }, p) =>
        [...steps.keys()].map((s) => [p, s] as const),
      );
      for (const choice of choices) {
        const due = nextSteps(plan, status);
        const names = due.map(({ phase, step }) => `${phase.slice(1)}/${step.name.slice(1)}`);
        const expected = all.filter(([p, s]) => mayRun(plan, complete, p, s));
        expect(names).toEqual(expected.map(([p, s]) => `${p}/${s}`));
        const chosen = due[choice % Math.max(1, due.length)];
        if (chosen === undefined) break;
        const place = { phase: chosen.phase, step: chosen.step.name };
        status = advance(status, { ...place, type: "begin" }, AT);
        status = advance(status, { ...place, type: "done" }, AT);
        complete.add(names[choice % due.length] ?? "");
      }
      expect(complete.size).toBe(all.length);
      if (all.length > 0) expect(status.status).toBe("COMPLETE");
    }),
  );
});

test("nothing begins after a fatal error, wherever it is", () => {
  fc.assert(
    fc.property(plans, fc.nat(), (plan, choice) => {
      let status = pendingStatus(plan, "uid", AT);
      const due = nextSteps(plan, status);
      const chosen = due[choice % Math.max(1, due.length)];
      if (chosen === undefined) return;
      const place = { phase: chosen.phase, step: chosen.step.name };
      status = advance(status, { ...place, type: "begin" }, AT);
      status = advance(status, { ...place, type: "fail", message: "no" }, AT);
      expect(nextSteps(plan, status)).toEqual([]);
      expect(status.status).toBe("FATAL_ERROR");
    }),
  );
});
