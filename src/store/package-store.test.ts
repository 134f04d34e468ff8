import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { ClusterError } from "../model/cluster.ts";
import { loadPackage, storePackage } from "./package-store.ts";
import { memoryObjects } from "./testing/memory-objects.ts";

const KEY = {
  namespace: "db",
  operatorVersion: "galera-10.11-0.1.0",
  digest: "0123456789abcdef0123",
};
const MIB = 1024 * 1024;

function content(archive: Uint8Array) {
  return { dialect: "native", operator: "galera", archive } as const;
}

test.each([
  { bytes: 1, pieces: 1 },
  { bytes: 900 * 1024, pieces: 1 },
  { bytes: 900 * 1024 + 1, pieces: 2 },
  { bytes: 4 * MIB, pieces: 5 },
])("$bytes bytes come back from $pieces pieces", async ({ bytes, pieces }) => {
  const cluster = memoryObjects();
  const archive = randomBytes(bytes);
  await storePackage(cluster, KEY, content(archive));
  expect(cluster.objects.size).toBe(pieces);
  expect(archive.equals(await loadPackage(cluster, KEY))).toBe(true);
  for (const secret of cluster.objects.values()) {
    expect(secret).toMatchObject({ immutable: true });
    expect(secret.metadata.annotations).toMatchObject({
      "kplan.dev/digest": KEY.digest,
      "kplan.dev/dialect": "native",
    });
  }
});

test("more than 4 MiB are refused before anything is written", async () => {
  const cluster = memoryObjects();
  const stored = storePackage(cluster, KEY, content(randomBytes(4 * MIB + 1)));
  await expect(stored).rejects.toMatchObject({ code: "package-too-large", kind: "bad-input" });
  expect(cluster.objects.size).toBe(0);
});

test("killed after any piece, the next call completes it", async () => {
  const archive = randomBytes(3 * MIB);
  for (let allowed = 0; allowed < 4; allowed++) {
    const cluster = memoryObjects();
    let left = allowed;
    cluster.before = (verb) => {
      if (verb === "create" && left-- <= 0) throw new ClusterError("unreachable", "killed");
    };
    await expect(storePackage(cluster, KEY, content(archive))).rejects.toThrow("killed");
    await expect(loadPackage(cluster, KEY)).rejects.toMatchObject({ code: "no-package" });
    cluster.before = () => {};
    await storePackage(cluster, KEY, content(archive));
    expect(archive.equals(await loadPackage(cluster, KEY))).toBe(true);
  }
});

test("left-overs of another cut of the same package are replaced", async () => {
  const cluster = memoryObjects();
  await storePackage(cluster, KEY, content(randomBytes(2 * MIB)));
  const [, second] = [...cluster.objects.keys()];
  cluster.objects.delete(second ?? "");
  const archive = randomBytes(MIB);
  await storePackage(cluster, KEY, content(archive));
  expect(archive.equals(await loadPackage(cluster, KEY))).toBe(true);
});

test("a whole package of another cut is left alone", async () => {
  const cluster = memoryObjects();
  const first = randomBytes(MIB);
  await storePackage(cluster, KEY, content(first));
  await storePackage(cluster, KEY, content(randomBytes(MIB)));
  expect(first.equals(await loadPackage(cluster, KEY))).toBe(true);
});

test("a changed piece is found out", async () => {
  const cluster = memoryObjects();
  await storePackage(cluster, KEY, content(randomBytes(100)));
  const [secret] = cluster.objects.values();
  if (secret) secret.data = { piece: randomBytes(100).toString("base64") };
  await expect(loadPackage(cluster, KEY)).rejects.toThrow(/was changed/);
});
