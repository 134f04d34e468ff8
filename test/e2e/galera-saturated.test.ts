import { expect, test } from "vitest";
import { expectCluster } from "./expect-cluster.ts";
import { identities, member } from "./galera.ts";
import { GALERA, kplan, succeed } from "./kplan.ts";
import { kubectl } from "./kubectl.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-saturated");
const MEMBERS = [0, 1, 2];
const ASK = "mariadb --defaults-file=/run/mysqld/my.cnf";
let before: unknown;

test("all connections of all members taken, the administrators' too, for longer than the liveness probe bears", async () => {
  await succeed(namespace, "install", GALERA);
  await expectCluster(namespace, 3);
  before = await identities(namespace);

  await Promise.all(MEMBERS.map((n) => inMember(n, TAKE_ALL)));

  for (const n of MEMBERS) expect(await inMember(n, `${ASK} -e 'SELECT 1' 2>&1`)).toMatch(/1040/);
});

test("plan recover stops no server that it cannot ask", async () => {
  const { code, stdout, stderr } = await kplan(namespace, "plan", "trigger", "recover");
  expect(code).toBe(1);
  expect(stdout + stderr).toContain("runs and does not answer");
});

test("nobody is restarted for it", async () => {
  await Promise.all(
    MEMBERS.map((n) =>
      inMember(n, `until ${ASK} -e 'SELECT 1' > /dev/null 2>&1; do sleep 1; done`),
    ),
  );
  expect(await identities(namespace)).toEqual(before);
  await succeed(namespace, "plan", "trigger", "recover");
});

/** Sessions of the server's own user, one of which takes the connection that is kept for administrators; for a minute and a half. */
const TAKE_ALL = `${ASK} -e 'SET GLOBAL max_connections = 10'
  for n in $(seq 14); do setsid ${ASK} -e 'SELECT SLEEP(90)' > /dev/null 2>&1 < /dev/null & done; sleep 2`;

async function inMember(n: number, script: string): Promise<string> {
  const words = ["exec", member(n), "-c", "mariadb", "--", "bash", "-c", `${script}; true`];
  return await kubectl(namespace, words);
}
