import { expect, test } from "vitest";
import { member, sql } from "./galera.ts";
import { GALERA, kplan, succeed } from "./kplan.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-smoke");

test("members with one content are found to have it, while rows are written", async () => {
  await succeed(namespace, "install", GALERA, "-p", "NODE_COUNT=2", "--allow", "even-size");
  await sql(
    namespace,
    { pod: member(0) },
    `CREATE DATABASE app; USE app; CREATE TABLE app.t (n INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(64));
     INSERT INTO app.t (text) SELECT SHA2(seq, 256) FROM seq_1_to_10000;`,
  );
  // Some 20 s of writes through each member, which are not waited for before the comparison.
  const writes = [0, 1].map((n) =>
    sql(
      namespace,
      { pod: member(n) },
      "delimiter //\nBEGIN NOT ATOMIC DECLARE i INT DEFAULT 0; WHILE i < 2000 DO INSERT INTO app.t (text) VALUES (UUID()); DO SLEEP(0.01); SET i = i + 1; END WHILE; END//",
    ),
  );

  const said = await succeed(namespace, "plan", "trigger", "smoke");

  await Promise.all(writes);
  expect(said).toMatch(/found smoke: members 2, seqno \d+, tables 1, checksum [0-9a-f]{16}/);
  expect(await sql(namespace, { pod: member(0) }, "SHOW DATABASES LIKE 'kplan_smoke'")).toEqual([]);
});

test("a member that has another row is found, with the table", async () => {
  await sql(
    namespace,
    { pod: member(1) },
    "SET SESSION wsrep_on = OFF; INSERT INTO app.t VALUES (1000000, 'only here');",
  );

  const { code, stdout, stderr } = await kplan(namespace, "plan", "trigger", "smoke");

  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/do not have the same rows[\s\S]*Tables that differ: app\.t/);
  expect(await sql(namespace, { pod: member(0) }, "SHOW DATABASES LIKE 'kplan_smoke'")).toEqual([]);
});

test("put right, the same command succeeds", async () => {
  await sql(
    namespace,
    { pod: member(1) },
    "SET SESSION wsrep_on = OFF; DELETE FROM app.t WHERE n = 1000000;",
  );
  await succeed(namespace, "plan", "trigger", "smoke");
});
