import { expect } from "vitest";
import { bootstrapObjects, member, memberStates, sql } from "./galera.ts";

/** Expects a whole cluster of `size` members, each of which says so, with one state UUID and nothing left of the bootstrap. Gives the UUID. */
export async function expectCluster(namespace: string, size: number): Promise<string> {
  const states = await memberStates(namespace);
  const uuid = states[0]?.uuid ?? "";
  expect(uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(states).toEqual(
    Array.from({ length: size }, (_, n) => ({
      pod: member(n),
      size: String(size),
      status: "Primary",
      state: "Synced",
      uuid,
    })),
  );
  expect(await bootstrapObjects(namespace)).toEqual([]);
  return uuid;
}

/** Writes a row through the client Service, and expects every member to have it and all rows before it. */
export async function expectRowEverywhere(
  namespace: string,
  size: number,
  row: number,
): Promise<void> {
  await sql(
    namespace,
    { pod: member(0), through: "service" },
    `CREATE DATABASE IF NOT EXISTS app;
     CREATE TABLE IF NOT EXISTS app.rows (n INT PRIMARY KEY);
     INSERT INTO app.rows VALUES (${row});`,
  );
  await expectRows(namespace, size, row);
}

/** Expects every member to have the rows 1 to `last`. */
export async function expectRows(namespace: string, size: number, last: number): Promise<void> {
  const expected = Array.from({ length: last }, (_, n) => String(n + 1));
  for (let n = 0; n < size; n++) {
    // wsrep_sync_wait: what other members acknowledged before is applied before this member answers.
    const rows = await sql(
      namespace,
      { pod: member(n) },
      "SET SESSION wsrep_sync_wait = 1; SELECT n FROM app.rows ORDER BY n;",
    );
    expect({ member: n, rows }).toEqual({ member: n, rows: expected });
  }
}
