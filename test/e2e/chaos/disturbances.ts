import { setTimeout as sleep } from "node:timers/promises";
import { begunAfter } from "../../support/audit/judge.ts";
import { apiServerOut } from "./api-server.ts";
import { type Driver, isDriver } from "./driver.ts";
import { type Disturbance, lastWords, type Sitting } from "./sitting.ts";
import { say } from "./table.ts";
import type { Action } from "./workload.ts";

/** Longer than a Lease lasts and is believed, in milliseconds. */
const LEASE_OVER = 17_000;

/** SIGKILL for the first drivers of an action, each at a moment of its own: some at any time, some as they begin a write. */
export function killed(sitting: Sitting, action: Action, times: number): Disturbance {
  const { random } = sitting;
  const most = (sitting.calm.get(action)?.ms ?? 10_000) / times;
  return {
    kind: "SIGKILL",
    exits: [],
    async befall(driver, n) {
      if (n > times) return undefined;
      const atWrite = random() < 0.5;
      const moment = atWrite
        ? driver.writes(1 + Math.floor(random() * 12))
        : sleep(300 + random() * most);
      if (!(await comes(driver, moment))) return { done: false };
      driver.signal("SIGKILL");
      await driver.ended;
      return { done: true };
    },
  };
}

/** kube-apiserver away for 20 s, from some moment of the first driver on. */
export function apiServerAway(sitting: Sitting, action: Action): Disturbance {
  const { random } = sitting;
  const most = sitting.calm.get(action)?.ms ?? 10_000;
  return {
    kind: "kube-apiserver away 20 s",
    // Nobody answered a question before the run began, or whoever asked for the lease.
    exits: [1, 3],
    async befall(driver, n) {
      if (n > 1) return undefined;
      if (!(await comes(driver, sleep(200 + random() * most * 0.8)))) return { done: false };
      await apiServerOut(20_000, random() < 0.5 ? "SIGTERM" : "SIGKILL");
      return { done: true };
    },
  };
}

/** Another driver at the same time, or within a moment, who wants the same: both come to the same end, and one of them does it. */
export function twin(sitting: Sitting, action: Action): Disturbance {
  return {
    kind: "two drivers, same request",
    exits: [],
    async befall(driver, n, life) {
      if (n > 1) return undefined;
      await sleep(sitting.random() * 300);
      const other = life.start(sitting.workload.commands[action]);
      const [first, second] = await Promise.all([driver.ended, other.ended]);
      sitting.ledger.ended("two drivers, same request", `exit ${second.code}`);
      for (const end of [first, second])
        if (end.code !== 0) sitting.ledger.broke("two drivers, same request", lastWords(end));
      return { done: true };
    },
  };
}

/** Another driver at the same time who wants something else: it is told that somebody else drives, and changes nothing. */
export function rival(sitting: Sitting): Disturbance {
  const kind = "two drivers, other request";
  return {
    kind,
    exits: [4],
    async befall(driver, n, life) {
      if (n > 1) return undefined;
      // Which of the two is first is left to chance in every other case.
      await (sitting.random() < 0.5 ? sleep(sitting.random() * 300) : driver.writes(2));
      const other = life.start(sitting.workload.other);
      const [first, second] = await Promise.all([driver.ended, other.ended]);
      sitting.ledger.ended(kind, `the other exit ${second.code}`);
      const codes = [first.code, second.code].sort().join();
      // One after the other is as good.
      if (codes !== "0,4" && codes !== "0,0")
        sitting.ledger.broke(kind, `exits ${codes}: ${lastWords(first)} // ${lastWords(second)}`);
      // Where it came first, its changes are among those that are counted: two patches of an object that was not changed before (docs/decisions.md).
      return { done: true, more: 2 };
    },
  };
}

/** The holder stands still for longer than its Lease lasts; another driver takes over, by expiry or because it is told to; then the first one wakes up. */
export function stopped(sitting: Sitting, action: Action, told: boolean): Disturbance {
  const kind = told ? "SIGSTOP, --take-over, SIGCONT" : "SIGSTOP, take-over by expiry, SIGCONT";
  const { random, ledger } = sitting;
  const most = sitting.calm.get(action)?.ms ?? 10_000;
  return {
    kind,
    exits: [4],
    async befall(driver, n, life) {
      if (n > 1) return undefined;
      const moment = driver.writes(2).then(() => sleep(random() * most * 0.6));
      if (!(await comes(driver, moment))) return { done: false };
      driver.signal("SIGSTOP");
      const since = performance.now();
      if (!told) await sleep(LEASE_OVER);
      const args = [...sitting.workload.commands[action], ...(told ? ["--take-over"] : [])];
      const other = life.start(args);
      // Its first write takes the Lease.
      await Promise.race([other.writes(2), other.ended]);
      await sleep(told ? Math.max(0, LEASE_OVER - (performance.now() - since)) : random() * 4000);
      driver.signal("SIGCONT");
      const woken = await driver.ended;
      const after = await other.ended;
      ledger.ended(kind, `the other exit ${after.code}`);
      if (woken.code !== 4)
        ledger.broke(kind, `the stopped one: exit ${woken.code}: ${lastWords(woken)}`);
      if (after.code !== 0)
        ledger.broke(kind, `the other: exit ${after.code}: ${lastWords(after)}`);
      return { done: true, more: 1 };
    },
  };
}

/** `plan cancel` from another terminal: no write of the driver begins 2 s later; the same command goes on. */
export function cancelled(sitting: Sitting, action: Action): Disturbance {
  const kind = "plan cancel";
  const { random, ledger, audit } = sitting;
  const most = sitting.calm.get(action)?.ms ?? 10_000;
  return {
    kind,
    exits: [1],
    async befall(driver, n, life) {
      if (n > 1) return undefined;
      if (
        !(await comes(
          driver,
          driver.writes(2).then(() => sleep(random() * most * 0.8)),
        ))
      )
        return { done: false };
      const asker = life.start(["plan", "cancel"]);
      life.askers.add(asker.user);
      const [first, said] = await Promise.all([driver.ended, asker.ended]);
      const events = await audit.events(life.namespace);
      const asked = events.find(
        ({ user, verb, resource }) =>
          user === asker.user && verb === "patch" && resource === "instances.kudo.dev",
      );
      say(`  cancel: exit ${said.code}, the driver ${first.code}: ${said.stdout.trim()}`);
      // It had ended by then.
      if (asked === undefined) return { done: false };
      const by = { isDriver, lease: `${sitting.workload.instance}-kplan` };
      const mine = events.filter(({ user }) => user === driver.user);
      for (const late of begunAfter(mine, by, { until: asked.received + 2000, except: new Set() }))
        ledger.broke(kind, late, "unfenced");
      return { done: true };
    },
  };
}

/** Whether a moment came before the driver had ended. */
async function comes(driver: Driver, moment: Promise<unknown>): Promise<boolean> {
  await Promise.race([moment, driver.ended]);
  return !driver.hasEnded();
}
