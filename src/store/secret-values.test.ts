import { expect, test } from "vitest";
import { refKey } from "../model/kube-object.ts";
import { newSalt, readSecretValues, secretsRef, storeSecretValues } from "./secret-values.ts";
import { memoryObjects } from "./testing/memory-objects.ts";

const WHERE = { namespace: "db", instance: "galera", operator: "galera" };

function dataOf(cluster: ReturnType<typeof memoryObjects>): Record<string, string> {
  const secret = cluster.objects.get(refKey(secretsRef("db", "galera")));
  const data = (secret?.data ?? {}) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
}

test("what is not given is generated, and stays as it is", async () => {
  const cluster = memoryObjects();
  const wanted = { names: ["ROOT", "SST"], given: { SST: "s3cret" }, salt: newSalt() };
  await storeSecretValues(cluster, WHERE, wanted);
  const first = dataOf(cluster);
  expect(first.SST).toBe("s3cret");
  expect(first.ROOT).toMatch(/^[A-Za-z2-9]{24}$/);

  await storeSecretValues(cluster, WHERE, { ...wanted, given: {} });
  expect(dataOf(cluster)).toEqual(first);
  expect(cluster.writes).toEqual(["create Secret galera-secrets"]);
});

test("what is generated is of the kind that the package says, once", async () => {
  const cluster = memoryObjects();
  const wanted = {
    names: ["KEY", "ROOT"],
    kinds: { KEY: "private-key" },
    given: {},
    salt: newSalt(),
  } as const;
  await storeSecretValues(cluster, WHERE, wanted);
  const first = dataOf(cluster);
  expect(first.KEY).toContain("BEGIN PRIVATE KEY");
  expect(first.ROOT).toMatch(/^[A-Za-z2-9]{24}$/);

  await storeSecretValues(cluster, WHERE, wanted);
  expect(dataOf(cluster)).toEqual(first);
});

test("a value given later is patched in, the others stay", async () => {
  const cluster = memoryObjects();
  const names = ["ROOT", "SST"];
  await storeSecretValues(cluster, WHERE, { names, given: {}, salt: newSalt() });
  const { ROOT, ...before } = dataOf(cluster);
  await storeSecretValues(cluster, WHERE, { names, given: { ROOT: "new" }, salt: newSalt() });
  expect(dataOf(cluster)).toEqual({ ...before, ROOT: "new" });
  expect(ROOT).not.toBe("new");
});

test("of two who create it at the same time both end with the same values", async () => {
  const cluster = memoryObjects();
  const wanted = { names: ["ROOT"], given: {}, salt: "salt" };
  const [a, b] = await Promise.all([
    storeSecretValues(cluster, WHERE, wanted),
    storeSecretValues(cluster, WHERE, wanted),
  ]);
  expect(a.hashOf("ROOT")).toBe(b.hashOf("ROOT"));
});

test("it has no owner, and says what it is for", async () => {
  const cluster = memoryObjects();
  await storeSecretValues(cluster, WHERE, { names: ["ROOT"], given: {}, salt: "salt" });
  const secret = await cluster.get(secretsRef("db", "galera"));
  expect(secret?.metadata.ownerReferences).toBeUndefined();
  expect(secret?.metadata.labels).toEqual({
    "kudo.dev/operator": "galera",
    "kudo.dev/instance": "galera",
    "kplan.dev/role": "secrets",
  });
});

test("only salted hashes leave it: equal for equal values of one instance, different elsewhere", async () => {
  const cluster = memoryObjects();
  const given = { ROOT: "same", SST: "same" };
  const names = ["ROOT", "SST"];
  await storeSecretValues(cluster, WHERE, { names, given, salt: newSalt() });
  const other = { ...WHERE, instance: "other" };
  const there = await storeSecretValues(cluster, other, { names, given, salt: newSalt() });
  const here = await readSecretValues(cluster, "db", "galera");
  expect(here?.names).toEqual(["ROOT", "SST"]);
  expect(here?.hashOf("ROOT")).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(here?.hashOf("ROOT")).toBe(here?.hashOf("SST"));
  expect(here?.hashOf("ROOT")).toBe(here?.hash("same"));
  expect(here?.hashOf("ROOT")).not.toBe(there.hashOf("ROOT"));
  expect(here?.hashOf("NONE")).toBeUndefined();
  expect(JSON.stringify(here)).not.toContain("same");
  expect(await readSecretValues(cluster, "db", "none")).toBeUndefined();
});
