import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startServer } from "../../src/embedded/start-server.ts";
import { scenarioId } from "../../src/package-test/faults/enumerate.ts";
import { differences, normalState } from "../../src/package-test/faults/normal-state.ts";
import { isWrite } from "../../src/package-test/faults/request-kind.ts";
import {
  runScenario,
  runUndisturbed,
  type Scenario,
  type Undisturbed,
} from "../../src/package-test/faults/run-scenario.ts";
import { type Story, wordsOf } from "../../src/package-test/faults/story.ts";
import { storyOf } from "../../src/package-test/faults/story-of.ts";
import { bundledProgram, killStarted, start } from "../cli/program.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type KillPoint, startKillProxy } from "./kill-proxy.ts";

// The driver that is dropped in its process and on a virtual clock, and the process that gets SIGKILL while real time passes: do they leave the same behind? As many as
// KPLAN_FAULTS_KILLS says (`npm run test:faults`: 30); none by default, since processes take their time.
const KILLS = Number(process.env.KPLAN_FAULTS_KILLS ?? 0);

vi.setConfig({ testTimeout: 30 * 60_000, hookTimeout: 120_000 });

let program = "";
let story: Story;
let undisturbed: readonly Undisturbed[] = [];
beforeAll(async () => {
  if (KILLS === 0) return;
  program = await bundledProgram();
  story = await storyOf(packageFolder(SERVICE), "1");
  undisturbed = await runUndisturbed(story, "1");
});
afterAll(() => {
  killStarted();
  if (KILLS === 0) return;
  rmSync(dirname(dirname(program)), { recursive: true, force: true });
  rmSync(story.source, { recursive: true });
});

test.skipIf(KILLS === 0)("a real SIGKILL leaves what a dropped driver leaves", async () => {
  const all = points();
  const step = Math.max(1, Math.floor(all.length / KILLS));
  let kills = 0;
  for (let at = 0; kills < KILLS && at < all.length; ) {
    const { scenario, point } = all[at] as (typeof all)[number];
    const name = scenarioId(scenario);
    const here = undisturbed[scenario.command];
    if (here === undefined) throw new Error("no such command");
    const real = await killed(scenario.command, point);
    // Records are written as time allows: real time may allow fewer writes, and the last of them does not come.
    if (real.first !== -1) {
      expect(real.first).toBe(0);
      at++;
      continue;
    }
    const { complaints } = await runScenario(story, "1", scenario, here);
    const objects = differences(here.state, real.objects);
    const said = { name, dropped: complaints, second: real.second, objects };
    expect(said).toEqual({ name, dropped: [], second: 0, objects: [] });
    kills++;
    at += step;
  }
  expect(kills).toBe(KILLS);
});

/** Every write with what tells it in another run: how many of the same method and path came before. Renewals of leases come when their time comes. */
function points(): readonly { readonly scenario: Scenario; readonly point: KillPoint }[] {
  return undisturbed.flatMap(({ requests }, command) =>
    requests.flatMap((request, at) => {
      const { method, path } = request;
      const isRenewal = request.verb === "replace" && request.what.startsWith("leases/");
      if (!isWrite(request) || isRenewal) return [];
      const nth = requests
        .slice(0, at)
        .filter((r) => r.method === method && r.path === path).length;
      return (["before", "after"] as const).map((when) => ({
        scenario: {
          command,
          faults: [{ at, kind: `kill-${when}` as const }],
          again: "same-host" as const,
        },
        point: { method, path, nth, when },
      }));
    }),
  );
}

/** The same with processes and real time: exit codes of the killed command and of the one after it, and what is there in the end. */
async function killed(
  command: number,
  point: KillPoint,
): Promise<{ first: number; second: number; objects: ReadonlyMap<string, string> }> {
  const server = await startServer({ speed: 100 });
  const proxy = await startKillProxy(server);
  const home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  const kubeconfig = join(home, "kubeconfig");
  writeFileSync(kubeconfig, proxy.kubeconfig);
  const env = { HOME: home, KUBECONFIG: kubeconfig };
  const words = (index: number): string[] => {
    const each = story.commands[index];
    if (each === undefined) throw new Error("no such command");
    return wordsOf(story, each);
  };
  try {
    for (let before = 0; before < command; before++) {
      const { code, stderr } = await start(program, words(before), env).ended;
      if (code !== 0) throw new Error(stderr);
    }
    const victim = start(program, words(command), env);
    proxy.arm(point, () => victim.child.kill("SIGKILL"));
    const first = await victim.ended;
    const second = await start(program, words(command), env).ended;
    // Who has nothing left to do to an instance that is gone says so with exit code 2.
    const done = /no instance/.test(second.stderr) && words(command)[0] === "uninstall";
    await vi.waitUntil(() => settled(server), { timeout: 30_000, interval: 200 });
    const objects = normalState(server.store.keys().flatMap((key) => server.store.list(key)));
    return { first: first.code, second: done ? 0 : second.code, objects };
  } finally {
    await proxy.close();
    await server.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** No pod is on its way. */
function settled({ store }: Awaited<ReturnType<typeof startServer>>): boolean {
  return store.list("/pods").every((pod) => {
    const { conditions = [] } = pod.status as {
      conditions?: { readonly type: string; readonly status: string }[];
    };
    const isReady = conditions.some(({ type, status }) => type === "Ready" && status === "True");
    return isReady && pod.metadata.deletionTimestamp === undefined;
  });
}

/** A small service that has a bit of everything. */
const SERVICE = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: helper, kind: Apply, spec: {resources: [helper.yaml]}}
  - {name: members, kind: Apply, spec: {resources: [members.yaml]}}
  - {name: found, kind: Exec, spec: {pod: "{{Name}}-members-0", command: [found], record: {name: "{{Name}}-founded"}}}
  - {name: away, kind: Delete, spec: {resources: [helper.yaml]}}
plans:
  deploy:
    phases:
      - name: main
        steps:
          - {name: before, strategy: parallel, tasks: [config, helper]}
          - {name: members, tasks: [members, found]}
          - {name: after, tasks: [away]}
`,
  "templates/helper.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-helper"}
`,
  "templates/members.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}-members"}
spec:
  replicas: {{Params.COUNT}}
  serviceName: members
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: "{{Name}}"}}
  template:
    metadata: {labels: {app: "{{Name}}"}}
    spec: {containers: [{name: main, image: "busybox:1.28"}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  "tests/simulate.yaml": `exec:\n  - {command: ^found$, stdout: '{"founded":true}'}\n`,
  "tests/faults.yaml": "commands: [{install: {}}, {update: {COUNT: 4}}, uninstall]\n",
};
