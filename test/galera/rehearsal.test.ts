import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";

/** The whole life of a Galera cluster on the embedded cluster, with what the package says that its pods answer. */
const PACKAGE = join(import.meta.dirname, "../../operators/galera");
let server: InProcessTarget;
let home: string;

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
});
afterAll(() => server.close());

test("deploy founds once, hands over and removes the bootstrap node", async () => {
  const said = await succeed("install", PACKAGE);

  expect(said).toMatch(/found founded: uuid 0+-/);
  expect(said).toMatch(/1 to 2 pods, on the way to 3/);
  expect(said).toMatch(/cleanup gate holds: 3 pods are as expected/);
  expect(await succeed("plan", "trigger", "deploy")).toMatch(/bootstrap_deploy COMPLETE: skipped/);
});

test("node_update goes one by one under the gate", async () => {
  const up = await succeed("update", "-p", "NODE_COUNT=5");
  expect(up).toMatch(
    /3 to 4 pods[\s\S]*gate holds: 4 pods[\s\S]*4 to 5 pods[\s\S]*gate holds: 5 pods/,
  );

  const even = await kplan("update", "-p", "NODE_COUNT=4");
  expect([even.code, even.stderr]).toEqual([2, expect.stringMatching(/--allow even-size/)]);

  const down = await succeed("update", "-p", "NODE_COUNT=3");
  expect(down).toMatch(
    /5 to 4 pods[\s\S]*gate holds: 4 pods[\s\S]*4 to 3 pods[\s\S]*gate holds: 3 pods/,
  );
});

test("update restarts from the last member to the first", async () => {
  expect(await succeed("update", "-p", "MAX_CONNECTIONS=200")).toMatch(
    /restarting galera-instance-galera-2[\s\S]*restarting galera-instance-galera-1[\s\S]*restarting galera-instance-galera-0/,
  );
});

test("recover has nothing to do on a living cluster", async () => {
  const said = await succeed("plan", "trigger", "recover");
  expect(said).toMatch(/hold COMPLETE: skipped/);
  expect(said).toMatch(/join COMPLETE: skipped/);
});

test("data is backed up, tried out and compared", async () => {
  expect(await succeed("plan", "trigger", "backup")).toMatch(
    /found backup_member: pod galera-instance-galera-0[\s\S]*found backup: [\s\S]*cleanup COMPLETE/,
  );
  expect(await succeed("plan", "trigger", "verify")).toMatch(/found verify: name 2/);
  expect(await succeed("plan", "trigger", "smoke")).toMatch(/found smoke: members 3/);
});

test("volumes grow, and the StatefulSet is made anew around its pods", async () => {
  const names = ["0", "1", "2"].map((n) => `galera-instance-galera-${n}`);
  const uids = (): unknown[] =>
    names.map((name) => server.store.get("/pods", "default", name)?.metadata.uid);
  const before = uids();
  const stop = playResizer();

  const said = await succeed("update", "-p", "VOLUME_SIZE=4Gi").finally(stop);

  expect(said).toMatch(/makes the StatefulSet anew/);
  expect(uids()).toEqual(before);
});

test("uninstall leaves the records of what was founded, and a new install founds nothing", async () => {
  await succeed("uninstall");
  const data = (name: string): unknown => server.store.get("/configmaps", "default", name)?.data;
  expect(data("galera-instance-founded")).toMatchObject({ state: "done" });
  expect(data("galera-instance-handed-over")).toMatchObject({ state: "done" });

  const said = await succeed("install", PACKAGE, "--reuse-claims");
  expect(said).toMatch(/bootstrap_deploy COMPLETE: skipped/);
});

/** No simulated volume grows by itself: each is given what its claim asks for. Gives how to end that. */
function playResizer(): () => void {
  const { store } = server;
  return store.subscribe("/persistentvolumeclaims", ({ object }) => {
    const { spec } = object as Claim;
    setImmediate(() => {
      const volume = store.get("/persistentvolumes", "", spec.volumeName ?? "") as
        | Volume
        | undefined;
      const { storage } = spec.resources.requests;
      if (volume === undefined || volume.spec.capacity.storage === storage) return;
      store.put("/persistentvolumes", {
        ...volume,
        spec: { ...volume.spec, capacity: { storage } },
      } as Volume);
    });
  });
}

interface Claim extends KubeObject {
  readonly spec: {
    readonly volumeName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

interface Volume extends KubeObject {
  readonly spec: { readonly capacity: { readonly storage: string } };
}

async function succeed(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await kplan(...argv);
  expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });
  return stdout + stderr;
}

function kplan(...argv: readonly string[]): Promise<CliResult> {
  return cli(argv, { home, env: { KUBECONFIG: join(home, "kubeconfig") } });
}
