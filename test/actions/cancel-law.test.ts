import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { install } from "../../src/actions/change/install.ts";
import { cancelRun } from "../../src/actions/control/stop-run.ts";
import { planHistory } from "../../src/actions/instance/plan-history.ts";
import { realClock } from "../../src/model/real-clock.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";
import { isOfPackage, openTerminal } from "./terminals.ts";

// The law of `plan cancel`: from the moment a request is stored no write of the run begins more than two seconds later, whatever the run is doing and whether or not the
// driver's watch tells it. KPLAN_CANCELS says how many moments are tried (2), and prints how long each took.

const MOMENTS = Number(process.env.KPLAN_CANCELS ?? 2);
const LIMIT_MS = 2000;

const STEPS = 8;
const WIDE = 8;

/** Serial steps of one object each, then one step of many at once, then a rollout of a StatefulSet. */
const PACKAGE = packageFolder({
  "operator.yaml": `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks:
${names("one", STEPS)
  .map((name) => `  - {name: ${name}, kind: Apply, spec: {resources: [${name}.yaml]}}`)
  .join("\n")}
${names("wide", WIDE)
  .map((name) => `  - {name: ${name}, kind: Apply, spec: {resources: [${name}.yaml]}}`)
  .join("\n")}
  - {name: set, kind: Apply, spec: {resources: [set.yaml]}}
plans:
  deploy:
    phases:
      - {name: serial, steps: [${names("one", STEPS)
        .map((name) => `{name: ${name}, tasks: [${name}]}`)
        .join(", ")}]}
      - {name: wide, steps: [{name: wide, strategy: parallel, tasks: [${names("wide", WIDE).join(", ")}]}]}
      - {name: nodes, steps: [{name: set, tasks: [set], rollout: {}}]}
`,
  ...Object.fromEntries(
    [...names("one", STEPS), ...names("wide", WIDE)].map((name) => [
      `templates/${name}.yaml`,
      `{apiVersion: v1, kind: ServiceAccount, metadata: {name: "{{Name}}-${name}"}}\n`,
    ]),
  ),
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}-set"}
spec:
  serviceName: x
  replicas: 4
  selector: {matchLabels: {app: x}}
  template:
    metadata: {labels: {app: x}}
    spec: {containers: [{name: x, image: x}]}
`,
});
/** One for each step, and one for each replica beyond the first. */
const WRITES = STEPS + WIDE + 4;

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
}

let server: InProcessTarget;
let runs = 0;

beforeAll(async () => {
  server = await serveInProcess({ speed: 500 });
});
afterAll(() => server.close());

interface Moment {
  /** Write of the run at which the request is sent. */
  readonly write: number;
  /** The driver's watch of its Instance tells nothing. */
  readonly deaf: boolean;
  /** Milliseconds that each of the driver's answers takes longer meanwhile. */
  readonly slow: number;
}

/** How the run ended, and how many milliseconds after the request was stored its last write began (negative: before). */
async function cancelAt({
  write,
  deaf,
  slow,
}: Moment): Promise<{ readonly result: string; readonly lateMs: number; readonly told: boolean }> {
  runs += 1;
  const namespace = `law-${runs}`;
  let ask: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  let count = 0;
  const driver = await openTerminal(server, namespace, new Set(), {
    pid: 1,
    deafToInstances: deaf,
    slow,
    onWrite: (sent) => {
      if (isOfPackage(sent)) count += 1;
      if (count === write) ask();
    },
  });
  const other = await openTerminal(server, namespace, new Set(), { pid: 2 });
  try {
    const { cluster } = other.ctx;
    await cluster.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    count = 0;
    const running = install(driver.ctx, { source: PACKAGE });
    await asked;
    const [answer, ended] = await Promise.all([cancelRun(other.ctx, {}), running]);
    const last = driver.writes.filter(isOfPackage).at(-1)?.at ?? 0;
    const request = other.writes.find(({ path }) => path.endsWith("/instances/demo-instance"));
    // Nothing comes behind the record either.
    const written = driver.writes.length;
    await realClock.sleep(50);
    expect(driver.writes.length).toBe(written);
    const [record] = await planHistory(other.ctx, {});
    if (ended.kind !== "ran") throw new Error(`the install came to ${ended.kind}`);
    const { result } = ended.outcome;
    expect([record?.status, record?.reason]).toEqual(
      result === "complete" ? ["COMPLETE", undefined] : ["FATAL_ERROR", "Cancelled"],
    );
    const told = answer.result === "cancelled";
    const lateMs = Math.round(last - (request?.answered ?? last));
    return { result, lateMs, told };
  } finally {
    driver.close();
    other.close();
  }
}

const moment = fc.record({
  write: fc.integer({ min: 1, max: WRITES - 2 }),
  deaf: fc.boolean(),
  slow: fc.constantFrom(0, 30, 120),
});

test(
  "no write begins more than two seconds after a request to cancel is stored, at any moment",
  async () => {
    const seen: number[] = [];
    await fc.assert(
      fc.asyncProperty(moment, async (at) => {
        const { result, lateMs, told } = await cancelAt(at);
        seen.push(lateMs);
        if (MOMENTS > 10) process.stdout.write(`${JSON.stringify({ ...at, result, lateMs })}\n`);
        expect(lateMs).toBeLessThanOrEqual(LIMIT_MS);
        // Only a run that was at its very end may come before it.
        expect(told).toBe(result === "cancelled");
        // With nothing in its way the rest of this run takes less time than hearing does.
        if (at.write < WRITES / 2 && at.slow > 0 && !at.deaf) expect(result).toBe("cancelled");
      }),
      { numRuns: MOMENTS, endOnFailure: true },
    );
    if (MOMENTS > 10) {
      seen.sort((a, b) => a - b);
      process.stdout.write(
        `${seen.length} cancellations: median ${seen[Math.floor(seen.length / 2)]} ms, longest ${seen.at(-1)} ms\n`,
      );
    }
  },
  MOMENTS * 20_000,
);
