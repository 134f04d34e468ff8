import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectCluster, expectRowEverywhere } from "./expect-cluster.ts";
import { identities, member, restartMember } from "./galera.ts";
import { GALERA, kplan, startKplan, succeed } from "./kplan.ts";
import { kubectl, object } from "./kubectl.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-passwords");
const GENERAL_LOG = "/tmp/general.log";
let folder = "";
let before: Readonly<Record<string, string>> = {};
/** Every password of root, the newest last. */
const passwords: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kplan-passwords-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("three members that log every statement", async () => {
  await succeed(namespace, "install", GALERA, "-p", "PASSWORD_OVERLAP_SECONDS=0");
  await expectCluster(namespace, 3);
  before = await identities(namespace);
  const secret = await object(namespace, "secret", "galera-instance-secrets");
  passwords.push(Buffer.from(secret?.data?.MYSQL_ROOT_PASSWORD ?? "", "base64").toString());
  for (let n = 0; n < 3; n++)
    await asServer(
      n,
      `SET GLOBAL general_log_file = '${GENERAL_LOG}'; SET GLOBAL general_log = ON;`,
    );
});

test.each(["both", "seen", "only"])(
  "kplan is killed in step %s: clients come in all the time, and the same plan again leaves the new password alone",
  async (step) => {
    const old = passwords.at(-1) ?? "";
    const fresh = await killedIn(step, `${step} 'quoted' "and" \\ more`);
    expect(await comesIn(old)).toBe(true);

    await succeed(namespace, "plan", "trigger", "rotate_passwords");

    await expectOnly(fresh);
    expect(await identities(namespace)).toEqual(before);
  },
);

test("another password in the midst of a rotation: the last one given is the only one left", async () => {
  await killedIn("seen", "overtaken-password");
  const both = passwords.slice(-2);
  for (const password of both) expect(await comesIn(password)).toBe(true);

  await succeed(namespace, ...(await newPassword("overtaking-password")));

  await expectOnly("overtaking-password");
  expect(await identities(namespace)).toEqual(before);
});

test("run again without a new password, it changes nothing", async () => {
  const accounts = await asServer(0, "SELECT User, Host, Priv FROM mysql.global_priv");
  await succeed(namespace, "plan", "trigger", "rotate_passwords");
  expect(await asServer(0, "SELECT User, Host, Priv FROM mysql.global_priv")).toBe(accounts);
});

test("an account that is identified in another way is left alone, and kplan says so", async () => {
  await asServer(0, "ALTER USER root@localhost IDENTIFIED VIA unix_socket");

  const { code, stdout, stderr } = await kplan(namespace, ...(await newPassword("not-yet")));

  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(
    /account root@localhost is identified by something else than a password/,
  );
  await asServer(0, "ALTER USER root@localhost IDENTIFIED BY 'anything'");
  await succeed(namespace, "plan", "trigger", "rotate_passwords");
  await expectOnly("not-yet");
});

test("no password is in a statement, nor anywhere else", async () => {
  for (let n = 0; n < 3; n++) {
    const log = await inPod(n, `cat ${GENERAL_LOG}`);
    expect(passwords.filter((password) => log.includes(password))).toEqual([]);
    // It does log what these tests ran as the server, and what the rotation ran there.
    if (n === 0) expect(log).toMatch(/ALTER USER 'root'@'%' IDENTIFIED VIA mysql_native_password/);
  }
  await expectNoSecrets(namespace);
});

test("members still find each other: one that starts anew joins, and so does a new one", async () => {
  await restartMember(namespace, 2);
  await succeed(namespace, "update", "-p", "NODE_COUNT=5");
  await expectCluster(namespace, 5);
  await expectRowEverywhere(namespace, 5, 1);
  // A change of NODE_COUNT restarts nobody after a rotation either.
  expect(await identities(namespace)).toMatchObject({
    [member(0)]: before[member(0)],
    [member(1)]: before[member(1)],
  });
});

/** Gives root a new password and SIGKILLs kplan when it says that a step of the rotation has begun. Gives the password. */
async function killedIn(step: string, password: string): Promise<string> {
  const command = await newPassword(password);
  // Step `seen` is about the operator's own password: kubelet takes its time to bring it.
  const own = join(folder, "own");
  await writeFile(own, `own-${password}`, { mode: 0o600 });
  if (step === "seen") command.push("-p", `SST_PASSWORD=@${own}`);
  const { process: update, ended } = startKplan(namespace, command);
  let said = "";
  update.stdout?.on("data", (text: string) => {
    said += text;
    if (said.includes(`rotate_passwords.rotate.${step} IN_PROGRESS`)) update.kill("SIGKILL");
  });
  expect((await ended).code).toBeNull();
  return password;
}

/** The command that gives root a new password: from a file, so that it is in no process list. */
async function newPassword(password: string): Promise<string[]> {
  passwords.push(password);
  const file = join(folder, `password-${passwords.length}`);
  await writeFile(file, password, { mode: 0o600 });
  return ["update", "-p", `MYSQL_ROOT_PASSWORD=@${file}`];
}

/** Expects root to come in with this password, and with none of the others. */
async function expectOnly(password: string): Promise<void> {
  const found = await Promise.all([...new Set(passwords)].map(async (one) => await comesIn(one)));
  expect(found).toEqual([...new Set(passwords)].map((one) => one === password));
}

/** Whether root comes in through the Service. */
async function comesIn(password: string): Promise<boolean> {
  // The password goes in by standard input, so that it is in no process list.
  const script =
    "IFS= read -r MYSQL_PWD; export MYSQL_PWD; if mariadb --no-defaults -h galera-instance-cs -uroot -e 'SELECT 1' 2>&1; then echo; echo in; else echo out; fi";
  const args = ["exec", "-i", member(1), "-c", "mariadb", "--", "bash", "-c", script];
  const text = await kubectl(namespace, args, `${password}\n`);
  if (!text.endsWith("in\n")) expect(text).toMatch(/ERROR 1045/);
  return text.endsWith("in\n");
}

/** Runs SQL as the server's own user, who needs no password over the socket. */
function asServer(n: number, statement: string): Promise<string> {
  return inPod(n, "exec mariadb --defaults-file=/run/mysqld/my.cnf -BN", statement);
}

function inPod(n: number, script: string, stdin = ""): Promise<string> {
  const args = ["exec", "-i", member(n), "-c", "mariadb", "--", "bash", "-c", script];
  return kubectl(namespace, args, stdin);
}
