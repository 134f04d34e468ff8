import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../../src/embedded/start-server.ts";
import { openApi } from "../../support/api.ts";
import { seededFaults } from "../../support/fault-proxy/choose-fault.ts";
import { startFaultProxy } from "../../support/fault-proxy/fault-proxy.ts";
import { GALERA, startKplan } from "../kplan.ts";
import { smallPackage } from "./small-package.ts";
import { say, tableOf } from "./table.ts";

// Install, update and uninstall through a proxy that does harm to a fifth of all requests: everything completes, with less than three times the requests.
// On the cluster of KUBECONFIG, or on the embedded one. KPLAN_PROXY_SEEDS=1,2,3; KPLAN_PROXY_PACKAGES=small,galera.

const SEEDS = (process.env.KPLAN_PROXY_SEEDS ?? "1,2,3").split(",").map(Number);
const PACKAGES = (process.env.KPLAN_PROXY_PACKAGES ?? "small").split(",");
const SHARE = 0.2;
/** How much more may be asked of a server that fails than of one that does not. */
const AT_MOST = 3;

/** One sequence of commands on a package. */
interface Sequence {
  readonly folder: string;
  readonly commands: readonly (readonly string[])[];
}

interface Run {
  readonly name: string;
  readonly seed: number;
  readonly requests: number;
  readonly seconds: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly verbs: Readonly<Record<string, number>>;
  /** What did not end well, a text each. */
  readonly failed: readonly string[];
}

let server: EmbeddedServer | undefined;
let kubeconfig = "";
const folder = mkdtempSync(join(tmpdir(), "kplan-proxy-"));
const runs: Run[] = [];

beforeAll(async () => {
  const path = process.env.KUBECONFIG;
  if (!path) server = await startServer();
  kubeconfig = server ? server.kubeconfig() : readFileSync(path ?? "", "utf8");
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.close();
  say(
    tableOf(
      ["package", "seed", "requests", "of undisturbed", "seconds", "faults", "failed"],
      runs.map(({ name, seed, requests, seconds, faults, failed }) => [
        name,
        seed === 0 ? "undisturbed" : String(seed),
        String(requests),
        (requests / calmOf(name)).toFixed(2),
        seconds.toFixed(0),
        Object.entries(faults)
          .map(([fault, times]) => `${fault} ${times}`)
          .sort()
          .join(", "),
        String(failed.length),
      ]),
    ),
  );
});

for (const name of PACKAGES) {
  test(`${name}: undisturbed`, async () => {
    const run = await through(name, 0);
    expect(run.failed).toEqual([]);
  });

  test.each(SEEDS)(`${name}: a fifth of all requests fail, seed %d`, async (seed) => {
    const run = await through(name, seed);
    expect(run.failed).toEqual([]);
    expect(run.requests / calmOf(name)).toBeLessThan(AT_MOST);
    expect(sum(run.faults)).toBeGreaterThan(run.requests / 10);
  });
}

/** Carries the sequence of a package out; seed 0 is a proxy that does no harm. A command that does not end well is given again, five times. */
async function through(name: string, seed: number): Promise<Run> {
  const { folder: source, commands } = sequenceOf(name);
  const choose = seed === 0 ? () => undefined : seededFaults(seed, SHARE);
  const namespace = `kp-g-proxy-${name}-${seed}-${Math.random().toString(36).slice(2, 7)}`;
  const direct = openApi(kubeconfig);
  await direct.post("/api/v1/namespaces", {
    ...{ apiVersion: "v1", kind: "Namespace" },
    metadata: { name: namespace },
  });
  const proxy = await startFaultProxy(kubeconfig, { choose });
  const path = join(folder, `${namespace}.yaml`);
  writeFileSync(path, proxy.kubeconfig, { mode: 0o600 });
  const failed: string[] = [];
  const begin = performance.now();
  try {
    for (const command of commands) {
      for (let tries = 1; tries <= 5; tries++) {
        const args = [
          "--kubeconfig",
          path,
          ...command.map((word) => (word === "@" ? source : word)),
        ];
        const from = performance.now();
        const { code, stdout, stderr } = await startKplan(namespace, args).ended;
        const took = `${((performance.now() - from) / 1000).toFixed(1)} s`;
        say(
          `${name}, seed ${seed}: ${command.join(" ")}: exit ${code} after ${took}, ${proxy.requests()} requests`,
        );
        if (process.env.KPLAN_PROXY_VERBOSE) say(`${stdout}\n${stderr}`);
        if (code === 0) break;
        failed.push(`${command.join(" ")}: exit ${code}: ${lastLines(stdout)}${lastLines(stderr)}`);
        say(failed.at(-1) ?? "");
      }
    }
  } finally {
    const left = await direct.get(`/apis/apps/v1/namespaces/${namespace}/statefulsets`);
    if (left.body.items.length > 0) failed.push("a StatefulSet is left");
    await direct.delete(`/api/v1/namespaces/${namespace}`);
    direct.close();
    await proxy.close();
  }
  const run = {
    ...{ name, seed, failed },
    requests: proxy.requests(),
    seconds: (performance.now() - begin) / 1000,
    faults: proxy.faults(),
    verbs: proxy.verbs(),
  };
  runs.push(run);
  if (process.env.KPLAN_PROXY_VERBOSE) say(JSON.stringify(run.verbs, undefined, 1));
  return run;
}

function sequenceOf(name: string): Sequence {
  if (name === "galera")
    return {
      folder: GALERA,
      commands: [
        ["install", "@", "-p", "NODE_COUNT=1"],
        ["update", "-p", "NODE_COUNT=3"],
        ["uninstall", "--delete-claims"],
      ],
    };
  return {
    folder: smallPackage(),
    commands: [["install", "@"], ["update", "-p", "COUNT=3", "-p", "COLOR=green"], ["uninstall"]],
  };
}

function calmOf(name: string): number {
  return runs.find((run) => run.name === name && run.seed === 0)?.requests ?? 1;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-4).join("\n");
}
