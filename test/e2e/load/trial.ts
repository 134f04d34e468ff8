import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { memberPods, sql } from "../galera.ts";
import type { Acknowledged, StageReport } from "./report.ts";
import { brokenRules } from "./rules.ts";
import { shortages } from "./serving.ts";
import { type Load, startLoad } from "./start-load.ts";
import { type EndpointsWatch, watchEndpoints } from "./watch-endpoints.ts";

/** Stalls must be shorter than this, in milliseconds. */
const STALL = 1000;

/** Clients at work on a cluster, and who serves them. */
export interface Trials {
  readonly namespace: string;
  readonly load: Load;
  readonly endpoints: EndpointsWatch;
}

/** What a change did to the clients. */
export interface Trial {
  readonly name: string;
  /** Seconds that the change took. */
  readonly took: number;
  readonly report: StageReport;
  /** Rules that it broke, a sentence each. */
  readonly broken: readonly string[];
}

/** Starts the clients. End it by `endTrials`. */
export async function startTrials(namespace: string): Promise<Trials> {
  const load = await startLoad(namespace);
  const endpoints = watchEndpoints(namespace, load.sample);
  await load.stage("warm");
  await sleep(3000);
  return { namespace, load, endpoints };
}

/**
 * Makes a change under the load. Clients are first placed so that `sat` of either manner sit on each of the members that are named to leave, as many as there are clients for.
 */
export async function trial(
  { load, endpoints }: Trials,
  name: string,
  { leaving = [], sat = 2 }: { readonly leaving?: readonly string[]; readonly sat?: number },
  change: () => Promise<void>,
): Promise<Trial> {
  if (leaving.length > 0) await load.place(leaving, sat);
  await load.stage(name);
  const [from, begin] = [Date.now(), performance.now()];
  await change();
  const took = Math.round(performance.now() - begin) / 1000;
  // What comes late belongs to it.
  await sleep(2000);
  const report = (await load.stage("between")) as StageReport;
  const short = shortages(endpoints.served(), load.states(), { from, to: Date.now(), leaving });
  const broken = [
    ...brokenRules(report, { leaving, stall: STALL, ...(leaving.length > 0 ? { sat } : {}) }),
    ...short.map(({ at, ms, serving, needed }) => {
      const after = Math.round((at - from) / 100) / 10;
      return `after ${after} s, for ${ms} ms or more, only ${serving.join(" and ") || "nobody"} served; ${needed} must`;
    }),
  ];
  return { name, took, report, broken };
}

/** The same clients for as long as a trial took, with no change: what the machine alone does to them. */
export async function control({ load }: Trials, of: Trial): Promise<Trial> {
  await load.stage(`control of ${of.name}`);
  await sleep(of.report.seconds * 1000);
  const report = (await load.stage("between")) as StageReport;
  return { name: `no change, ${of.report.seconds} s`, took: report.seconds, report, broken: [] };
}

/** Ends the clients, and expects every row that was acknowledged on every member, and the same checksum. */
export async function endTrials({ namespace, load, endpoints }: Trials): Promise<void> {
  endpoints.stop();
  const { rows } = await load.stop();
  await expectAcknowledged(namespace, rows);
}

/** Ends the clients, whatever happened. */
export function killTrials(trials: Trials | undefined): void {
  trials?.endpoints.stop();
  trials?.load.kill();
}

/** Expects every member to have each row that was acknowledged, and all of them to have the same rows. */
export async function expectAcknowledged(
  namespace: string,
  rows: readonly Acknowledged[],
): Promise<void> {
  const counts = rows.map(({ client, last, except }) => {
    const not = except.length > 0 ? ` AND n NOT IN (${except.join()})` : "";
    return `SELECT ${client}, COUNT(*) FROM kplan_load.rows WHERE client = ${client} AND n <= ${last}${not};`;
  });
  const expected = rows.map(({ client, last, except }) => `${client}\t${last - except.length}`);
  const checksums = new Set<string>();
  for (const { metadata } of await memberPods(namespace)) {
    const [checksum = "", ...found] = await sql(
      namespace,
      { pod: metadata.name },
      `SET SESSION wsrep_sync_wait = 1; CHECKSUM TABLE kplan_load.rows; ${counts.join(" ")}`,
    );
    expect({ member: metadata.name, found }).toEqual({ member: metadata.name, found: expected });
    checksums.add(checksum);
  }
  expect([...checksums]).toHaveLength(1);
}
