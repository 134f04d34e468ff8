import { expect, test } from "vitest";
import { member, sql } from "./galera.ts";
import { GALERA, kplan, startKplan, succeed } from "./kplan.ts";
import { kubectl } from "./kubectl.ts";
import type { Running } from "./run-program.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-f-broken");
const BACKUP_POD = "galera-instance-backup";
const READER = "reader";
let first = "";

test("a cluster with some data, and a backup of it", async () => {
  await succeed(namespace, "install", GALERA, "-p", "NODE_COUNT=1", "-p", "BACKUP_KEEP=2");
  await sql(
    namespace,
    { pod: member(0) },
    `CREATE DATABASE app; USE app; CREATE TABLE app.t (n INT PRIMARY KEY, text VARCHAR(200));
     INSERT INTO app.t SELECT seq, REPEAT(SHA2(seq, 256), 3) FROM seq_1_to_100000;`,
  );
  await succeed(namespace, "plan", "trigger", "backup");
  [first = ""] = await backups();
  expect(first).toMatch(/^\d{8}T\d{6}Z$/);
});

test("kplan is killed while the member sends: the member is put back, and the next backup begins anew", async () => {
  const killed = await backupHeld();
  killed.process.kill("SIGKILL");
  await killed.ended;
  await signal("CONT");
  await until("the member is put back", isSynced, { within: 2 * 60_000 });

  await succeed(namespace, "plan", "trigger", "backup");
  expect(await backups()).toHaveLength(2);
  expect(await claim("ls -A /backups")).not.toMatch(/partial/);
});

test("all that sends is killed: a guardian puts the member back, and the same command completes", async () => {
  const running = await backupHeld();
  await signal("KILL");
  await until("the member is put back", isSynced, { within: 60_000 });
  // kplan tries a command again that was killed; where nothing had been received yet, that is all it takes.
  await running.ended;

  await succeed(namespace, "plan", "trigger", "backup");
  // BACKUP_KEEP is 2: the first one has gone.
  const kept = await backups();
  expect(kept).toHaveLength(2);
  expect(kept).not.toContain(first);
});

test("the pod that receives is lost: nothing counts as a backup that is none", async () => {
  const before = await backups();
  const running = await backupHeld();
  await kubectl(namespace, ["delete", "pod", BACKUP_POD, "--grace-period=0", "--force"]);
  await signal("CONT");
  await until("the member is put back", isSynced, { within: 4 * 60_000 });
  expect((await running.ended).code).toBe(1);
  expect(await backups()).toEqual(before);

  await succeed(namespace, "plan", "trigger", "backup");
});

test("a damaged backup is named, and is not restored", async () => {
  const newest = (await backups()).at(-1) ?? "";
  await claim(`printf x | dd of=/backups/${newest}/data/ibdata1 bs=1 seek=5000 conv=notrunc`);

  const { code, stdout, stderr } = await kplan(namespace, "plan", "trigger", "verify");

  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(new RegExp(`backup ${newest} is damaged: .*ibdata1`));
  const [older = ""] = await backups();
  await succeed(namespace, "update", "-p", `BACKUP_NAME=${older}`);
});

async function inMember(script: string): Promise<string> {
  return await kubectl(namespace, [
    ...["exec", member(0), "-c", "mariadb", "--"],
    ...["bash", "-c", script],
  ]);
}

const ASK = "mariadb --defaults-file=/run/mysqld/my.cnf -BNe 'SELECT @@wsrep_desync'";

/** A backup that is held by SIGSTOP right after it has begun to copy: the member is desynced. */
async function backupHeld(): Promise<Running> {
  const held = inMember(
    `until [ "$(${ASK})" = 1 ] && grep -lx mariadb-backup /proc/[0-9]*/comm; do sleep 0.02; done > /dev/null 2>&1
     kill -STOP -- -$(cat /run/mysqld/backup.pid)`,
  );
  const running = startKplan(namespace, ["plan", "trigger", "backup"]);
  await held;
  return running;
}

/** Sends a signal to all that sends. */
async function signal(name: string): Promise<void> {
  await inMember(`kill -${name} -- -$(cat /run/mysqld/backup.pid)`);
}

/** Put back, with no sign left of a backup that runs. */
async function isSynced(): Promise<true | undefined> {
  const said = await inMember(`${ASK}; ls /run/mysqld`);
  return said.startsWith("0") && !said.includes("backup-running") ? true : undefined;
}

/** Names of the complete backups, oldest first. */
async function backups(): Promise<readonly string[]> {
  const found = await claim("cd /backups && ls -d */manifest.json 2> /dev/null || true");
  return found
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace("/manifest.json", ""))
    .sort();
}

/** Runs a command in a pod that mounts the claim of the backups, and gives what it printed. */
async function claim(script: string): Promise<string> {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: READER },
    spec: {
      restartPolicy: "Never",
      securityContext: { runAsUser: 999, runAsGroup: 999 },
      containers: [
        {
          name: READER,
          image: "mariadb:10.11",
          command: ["bash", "-c", script],
          volumeMounts: [{ name: "backups", mountPath: "/backups" }],
        },
      ],
      volumes: [
        { name: "backups", persistentVolumeClaim: { claimName: "galera-instance-backups" } },
      ],
    },
  };
  await kubectl(namespace, ["apply", "-f", "-"], JSON.stringify(pod));
  const ended = async (): Promise<true | undefined> => {
    const phase = await kubectl(namespace, [
      "get",
      "pod",
      READER,
      "-o",
      "jsonpath={.status.phase}",
    ]);
    return phase === "Succeeded" ? true : undefined;
  };
  await until(`${script} has run`, ended, { within: 2 * 60_000 });
  const said = await kubectl(namespace, ["logs", READER]);
  await kubectl(namespace, ["delete", "pod", READER, "--grace-period=0", "--force"]);
  return said;
}
