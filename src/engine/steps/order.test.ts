import fc from "fast-check";
import { expect, test } from "vitest";
import { refOf } from "../../model/kube-object.ts";
import type { Strategy } from "../../model/plan.ts";
import { executeRun } from "../execute-run.ts";
import { scenario } from "../testing/scenario.ts";

interface Shape {
  readonly strategy: Strategy;
  readonly phases: readonly {
    readonly strategy: Strategy;
    /** Seconds that each step's object takes to get ready. */
    readonly steps: readonly number[];
  }[];
}

const strategy = fc.constantFrom<Strategy>("serial", "parallel");
const shapes: fc.Arbitrary<Shape> = fc.record({
  strategy,
  phases: fc.array(
    fc.record({ strategy, steps: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }) }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** How long a plan takes, in plain words: serial adds up, parallel takes as long as the longest. */
function secondsOf({ strategy: own, phases }: Shape): number {
  const sum = (how: Strategy, parts: readonly number[]): number =>
    how === "serial" ? parts.reduce((a, b) => a + b, 0) : Math.max(0, ...parts);
  return sum(
    own,
    phases.map((phase) => sum(phase.strategy, phase.steps)),
  );
}

/** What must be complete when a step begins, in plain words: earlier phases of a serial plan, earlier steps of a serial phase. */
function mustPrecede(shape: Shape, p: number, s: number): string[] {
  return shape.phases.flatMap((phase, q) =>
    phase.steps.flatMap((_, t) => {
      const earlierPhase = shape.strategy === "serial" && q < p;
      const earlierStep = phase.strategy === "serial" && q === p && t < s;
      return earlierPhase || earlierStep ? [`p${q}.s${t}`] : [];
    }),
  );
}

function textOf(shape: Shape): string {
  const all = shape.phases.flatMap(({ steps }, p) =>
    steps.map((seconds, s) => ({ p, s, seconds })),
  );
  const name = ({ p, s }: { p: number; s: number }): string => `p${p}s${s}`;
  return JSON.stringify({
    tasks: Object.fromEntries(
      all.map((one) => [name(one), { kind: "Apply", resources: [`${name(one)}.yaml`] }]),
    ),
    templates: Object.fromEntries(
      all.map((one) => [
        `${name(one)}.yaml`,
        JSON.stringify({
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: name(one), annotations: { seconds: String(one.seconds) } },
          spec: { replicas: 1, selector: { matchLabels: { app: name(one) } } },
        }).replaceAll("}}", "} }"),
      ]),
    ),
    plans: {
      deploy: {
        strategy: shape.strategy,
        phases: Object.fromEntries(
          shape.phases.map((phase, p) => [
            `p${p}`,
            {
              strategy: phase.strategy,
              steps: Object.fromEntries(phase.steps.map((_, s) => [`s${s}`, [name({ p, s })]])),
            },
          ]),
        ),
      },
    },
  });
}

test("every plan runs in the order, and in the time, that plain words say", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const run = scenario(textOf(shape), {
        controllers: {
          Deployment: async (object, cluster) => {
            await run.clock.sleep(1000 * Number(object.metadata.annotations?.seconds));
            const { generation } = object.metadata;
            cluster.setStatus(refOf(object), {
              observedGeneration: generation,
              replicas: 1,
              updatedReplicas: 1,
              availableReplicas: 1,
            });
          },
        },
      });
      expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
      expect(run.clock.elapsed()).toBe(1000 * secondsOf(shape));
      const complete = new Set<string>();
      for (const event of run.events) {
        if (event.type !== "status" || event.path.step === undefined) continue;
        const { phase = "", step } = event.path;
        if (event.status === "COMPLETE") complete.add(`${phase}.${step}`);
        if (event.status !== "IN_PROGRESS") continue;
        for (const place of mustPrecede(shape, Number(phase.slice(1)), Number(step.slice(1))))
          expect(complete).toContain(place);
      }
      expect(complete.size).toBe(shape.phases.flatMap(({ steps }) => steps).length);
    }),
    { numRuns: 40 },
  );
});
