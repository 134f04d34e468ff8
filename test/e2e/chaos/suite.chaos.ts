import { afterEach, beforeAll, expect, test } from "vitest";
import { apiServerAway, cancelled, killed, rival, stopped, twin } from "./disturbances.ts";
import { type Disturbance, liveLife, newSitting, type Sitting } from "./sitting.ts";
import { say } from "./table.ts";
import { type Action, workloadNamed } from "./workload.ts";

// In one sitting, on a testbed that is there for nothing else: drivers killed, set against each other, stopped and woken, asked to cancel, the API server away.
// KPLAN_CHAOS_WORKLOAD=galera (or small), KPLAN_CHAOS_SEED=1; KPLAN_CHAOS_KILLS=30, _TWINS=10, _STOPS=5, _OUTAGES=10, _CANCELS=5 say how often.

const SEED = Number(process.env.KPLAN_CHAOS_SEED ?? "1");
const KILLS = often("KILLS", 30);
const TWINS = often("TWINS", 10);
const STOPS = often("STOPS", 5);
const OUTAGES = often("OUTAGES", 10);
const CANCELS = often("CANCELS", 5);
/** Tries at something that comes too late when its run is short. */
const PATIENCE = 3;

let sitting: Sitting;

beforeAll(() => {
  if (!process.env.KUBECONFIG) throw new Error("KUBECONFIG says which cluster this runs on");
  sitting = newSitting(workloadNamed(process.env.KPLAN_CHAOS_WORKLOAD ?? "galera"), SEED);
});
// Whoever ends it early has what was seen by then.
afterEach(() => {
  say(`seed ${SEED}`);
  sitting.ledger.print();
});

test("undisturbed, to compare with", async () => {
  await liveLife(
    sitting,
    "calm",
    () => undefined,
    async ({ act }) => {
      for (const action of ["grow", "shrink", "grow", "shrink"] as const) await act(action);
    },
  );
  expect(sitting.ledger.broken()).toEqual([]);
});

test(`${KILLS} times SIGKILL, of install, update and uninstall`, async () => {
  const { ledger } = sitting;
  const due = (): boolean => ledger.times("SIGKILL") < KILLS;
  for (let n = 1; due() && n <= KILLS * PATIENCE; n++)
    await liveLife(
      sitting,
      `kill${n}`,
      (action) => (due() ? killed(sitting, action, 3) : undefined),
      async ({ act }) => {
        for (const action of ["grow", "shrink"] as const)
          await act(action, due() ? killed(sitting, action, 3) : undefined);
      },
    );
  expect(ledger.times("SIGKILL")).toBeGreaterThanOrEqual(KILLS);
  expect(ledger.broken()).toEqual([]);
});

test(`${TWINS} times two drivers at once, ${STOPS} times a holder that stands still, ${CANCELS} times plan cancel`, async () => {
  const half = Math.ceil(TWINS / 2);
  const told = Math.floor(STOPS / 2);
  await inOneLife("drivers", [
    { kind: "two drivers, same request", times: half, of: (action) => twin(sitting, action) },
    { kind: "two drivers, other request", times: TWINS - half, of: () => rival(sitting) },
    {
      kind: "SIGSTOP, take-over by expiry, SIGCONT",
      times: STOPS - told,
      of: (action) => stopped(sitting, action, false),
    },
    {
      kind: "SIGSTOP, --take-over, SIGCONT",
      times: told,
      of: (action) => stopped(sitting, action, true),
    },
    { kind: "plan cancel", times: CANCELS, of: (action) => cancelled(sitting, action) },
  ]);
  expect(sitting.ledger.broken()).toEqual([]);
});

test(`${OUTAGES} times kube-apiserver away for 20 s`, async () => {
  const { ledger } = sitting;
  const kind = "kube-apiserver away 20 s";
  const due = (): boolean => ledger.times(kind) < OUTAGES;
  for (let n = 1; due() && n <= OUTAGES * PATIENCE; n++)
    await liveLife(
      sitting,
      `out${n}`,
      (action) => (due() ? apiServerAway(sitting, action) : undefined),
      async ({ act }) => {
        for (const action of ["grow", "shrink", "grow"] as const)
          await act(action, due() ? apiServerAway(sitting, action) : undefined);
        await act("shrink");
      },
    );
  expect(ledger.broken()).toEqual([]);
});

/** What befalls an instance, and how often. */
interface Trouble {
  readonly kind: string;
  readonly times: number;
  readonly of: (action: Action) => Disturbance;
}

/** Lets one trouble after the other befall an instance that grows and shrinks. */
async function inOneLife(name: string, troubles: readonly Trouble[]): Promise<void> {
  await liveLife(
    sitting,
    name,
    () => undefined,
    async ({ act }) => {
      let next: Action = "grow";
      for (const { kind, times, of } of troubles)
        for (let n = 0; sitting.ledger.times(kind) < times && n < times * PATIENCE; n++) {
          await act(next, of(next));
          next = next === "grow" ? "shrink" : "grow";
        }
      if (next === "shrink") await act(next);
    },
  );
}

function often(what: string, usually: number): number {
  return Number(process.env[`KPLAN_CHAOS_${what}`] ?? usually);
}
