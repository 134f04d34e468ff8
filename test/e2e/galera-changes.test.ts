import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Authority, newAuthority } from "./certificate.ts";
import { expectCluster } from "./expect-cluster.ts";
import { INSTANCE, identities, member, memberPods, sql } from "./galera.ts";
import { GALERA, succeed } from "./kplan.ts";
import { kubectl } from "./kubectl.ts";
import { printTrials } from "./load/table.ts";
import {
  control,
  endTrials,
  killTrials,
  startTrials,
  type Trial,
  type Trials,
  trial,
} from "./load/trial.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { tagImage, testbedNodes } from "./testbed.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-changes");
const MEMBERS = [member(0), member(1), member(2)];
const TLS = `${INSTANCE}-tls`;
const shown: (Trial & { readonly restarted: string })[] = [];
let authority: Authority | undefined;
let trials: Trials | undefined;
let uuid = "";

afterAll(async () => {
  killTrials(trials);
  await authority?.remove();
  if (shown.length > 0) printTrials("changed under load", shown);
});

test("three members that encrypt, and clients at work", async () => {
  authority = await newAuthority();
  await authority.renew(namespace, TLS);
  await succeed(namespace, "install", GALERA, "-p", "TLS_MODE=given", "-p", `TLS_SECRET=${TLS}`);
  uuid = await expectCluster(namespace, 3);
  trials = await startTrials(namespace);
});

test("a change of my.cnf restarts one member after the other, and nobody notices", async () => {
  const restart = await changed("my.cnf", MEMBERS, "update", "-p", "MAX_CONNECTIONS=222");
  const still = await control(running(), restart);
  shown.push({ ...still, restarted: "0 of 3" });

  expect(restart.broken).toEqual([]);
  expect(restart.restarted).toBe("3 of 3");
  for (const pod of MEMBERS)
    expect(await sql(namespace, { pod }, "SELECT @@max_connections")).toEqual(["222"]);
});

test.runIf(testbedNodes().length > 0)("a new image, the same", async () => {
  await tagImage("mariadb:10.11", "mariadb:10.11b");

  const image = await changed("image", MEMBERS, "update", "-p", "IMAGE=mariadb:10.11b");

  expect(image.broken).toEqual([]);
  expect(image.restarted).toBe("3 of 3");
});

test("a new password of root: nobody restarts, and clients come in with the old one until the end", async () => {
  const fresh = `fresh-${"p".repeat(20)}`;
  const folder = await mkdtemp(join(tmpdir(), "kplan-password-"));
  const file = join(folder, "values.yaml");
  await writeFile(file, `MYSQL_ROOT_PASSWORD: ${fresh}\nPASSWORD_OVERLAP_SECONDS: 0\n`, {
    mode: 0o600,
  });
  try {
    const rotation = await changed("password", [], "update", "-P", file);
    expect(rotation.broken).toEqual([]);
    expect(rotation.restarted).toBe("0 of 3");
  } finally {
    await rm(folder, { recursive: true });
  }

  running().load.usePassword(fresh);
  await running().load.place(MEMBERS, 1);
  for (const pod of MEMBERS) expect(await sql(namespace, { pod }, "SELECT 1")).toEqual(["1"]);
});

test("a new certificate: nobody restarts, and every member shows it", async () => {
  const before = await shownBy(member(0));
  await authority?.renew(namespace, TLS);

  const rotation = await changed("certificate", [], "plan", "trigger", "rotate_certificates");

  expect(rotation.broken).toEqual([]);
  expect(rotation.restarted).toBe("0 of 3");
  const after = await Promise.all(MEMBERS.map(shownBy));
  expect(new Set(after).size).toBe(1);
  expect(after[0]).not.toBe(before);
});

test("every acknowledged row is on every member, and no secret is anywhere", async () => {
  await endTrials(running());
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectNoSecrets(namespace);
});

function running(): Trials {
  if (trials === undefined) throw new Error("the clients are not at work");
  return trials;
}

/** Runs kplan under the load, and expects a whole cluster. Tells how many members are others than before. */
async function changed(
  name: string,
  leaving: readonly string[],
  ...command: readonly string[]
): Promise<(typeof shown)[number]> {
  const before = await identities(namespace);
  const done = await trial(
    running(),
    name,
    { leaving, sat: 1 },
    async () => void (await succeed(namespace, ...command)),
  );
  const after = await identities(namespace);
  const others = Object.keys(after).filter((pod) => after[pod] !== before[pod]).length;
  const found = { ...done, restarted: `${others} of ${Object.keys(after).length}` };
  shown.push(found);
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  return found;
}

/** Fingerprint of the certificate that a member shows to clients. */
async function shownBy(pod: string): Promise<string> {
  const pods = await memberPods(namespace);
  expect(pods.map(({ metadata }) => metadata.name)).toContain(pod);
  const script =
    "openssl s_client -starttls mysql -connect 127.0.0.1:3306 < /dev/null 2> /dev/null | openssl x509 -noout -fingerprint";
  return await kubectl(namespace, ["exec", pod, "-c", "mariadb", "--", "bash", "-c", script]);
}
