import { afterAll, expect, test } from "vitest";
import { expectCluster } from "./expect-cluster.ts";
import { identities, member, memberPods, sql } from "./galera.ts";
import { GALERA, succeed } from "./kplan.ts";
import { objects } from "./kubectl.ts";
import { printTrials } from "./load/table.ts";
import {
  control,
  expectAcknowledged,
  killTrials,
  startTrials,
  type Trial,
  type Trials,
  trial,
} from "./load/trial.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-backup");
const shown: Trial[] = [];
let trials: Trials | undefined;
let backedUp = "";

afterAll(() => {
  killTrials(trials);
  if (shown.length > 0) printTrials("grown and backed up under load", shown);
});

test("one member grows to three under load: it does not restart, and nobody notices", async () => {
  await succeed(namespace, "install", GALERA, "-p", "NODE_COUNT=1");
  const uuid = await expectCluster(namespace, 1);
  const first = await identities(namespace);
  trials = await startTrials(namespace);

  const up = await trial(trials, "1 to 3", {}, async () => {
    await succeed(namespace, "update", "-p", "NODE_COUNT=3");
  });
  shown.push(up, await control(trials, up));

  expect(up.broken).toEqual([]);
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  expect(await identities(namespace)).toMatchObject(first);
});

test("a backup under load: nobody notices, and it can be restored", async () => {
  const before = await identities(namespace);
  // Rows from before the backup, which nothing changes any more.
  await sql(
    namespace,
    { pod: member(0) },
    `CREATE DATABASE app; USE app; CREATE TABLE app.kept (n INT PRIMARY KEY, text VARCHAR(100));
     INSERT INTO app.kept SELECT seq, SHA2(seq, 256) FROM seq_1_to_20000;`,
  );
  backedUp = await checksum(member(0));

  const backup = await trial(trials as Trials, "backup", {}, async () => {
    await succeed(namespace, "plan", "trigger", "backup");
  });
  shown.push(backup);

  expect(backup.broken).toEqual([]);
  expect(await identities(namespace)).toEqual(before);
  const { rows } = await (trials as Trials).load.stop();
  (trials as Trials).endpoints.stop();
  await expectAcknowledged(namespace, rows);
  await succeed(namespace, "plan", "trigger", "verify");
  await succeed(namespace, "plan", "trigger", "smoke");
});

test("everything uninstalled with its claims: the backups stay, and a new cluster has their data", async () => {
  await expectNoSecrets(namespace);
  await succeed(namespace, "uninstall", "--delete-claims");
  const left = await objects(namespace, "persistentvolumeclaims");
  expect(left.map(({ metadata }) => metadata.name)).toEqual([expect.stringContaining("backup")]);
  expect(await memberPods(namespace)).toEqual([]);

  await succeed(namespace, "install", GALERA, "-p", "RESTORE_FROM=latest");

  await expectCluster(namespace, 3);
  for (const n of [0, 1, 2]) expect(await checksum(member(n))).toBe(backedUp);
  await expectNoSecrets(namespace);
});

/** Checksum of the rows that nothing changes. */
async function checksum(pod: string): Promise<string> {
  const [line = ""] = await sql(namespace, { pod }, "CHECKSUM TABLE app.kept");
  expect(line).toMatch(/^app\.kept\t[1-9]\d+$/);
  return line;
}
