import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { everythingSaid, kplan } from "./kplan.ts";
import { kubectl, objects } from "./kubectl.ts";

/** Whatever may hold a value: all of a namespace but its Secrets. */
const KINDS = [
  ...["configmaps", "pods", "services", "endpoints", "events", "persistentvolumeclaims"],
  ...["statefulsets", "deployments", "replicasets", "controllerrevisions", "jobs"],
  ...["operators.kudo.dev", "operatorversions.kudo.dev", "instances.kudo.dev"],
].join();
/** Shorter values would be found by chance. */
const SHORTEST = 8;

/**
 * Expects that no value of a Secret of the namespace is to be found outside Secrets: in no object, log, process list or environment of a container on this machine,
 * and in nothing that kplan said. Certificates are public and are left out. Never prints a value.
 */
export async function expectNoSecrets(namespace: string): Promise<void> {
  const secrets = await secretValues(namespace);
  expect(secrets.size).toBeGreaterThan(0);
  const places = new Map<string, string>();
  places.set("an object", await kubectl(namespace, ["get", KINDS, "-o", "json"]));
  for (const { metadata } of await objects(namespace, "pods")) {
    const args = ["logs", metadata.name, "--all-containers", "--prefix"];
    places.set(`the log of ${metadata.name}`, await kubectl(namespace, args).catch(() => ""));
    places.set(
      `the log before of ${metadata.name}`,
      await kubectl(namespace, [...args, "--previous"]).catch(() => ""),
    );
  }
  for (const args of [
    ["plan", "status"],
    ["plan", "history"],
    ["get", "instances"],
  ])
    await kplan(namespace, ...args, "-o", "json");
  places.set("what kplan said", everythingSaid(namespace));
  // Probes and scripts come and go: many looks.
  for (let looks = 0; looks < 40; looks++) {
    for (const [place, text] of processes()) places.set(`look ${looks}, ${place}`, text);
    await sleep(100);
  }

  const found = new Set<string>();
  for (const [place, text] of places)
    for (const [name, values] of secrets)
      if (values.some((value) => text.includes(value))) found.add(`${name} in ${place}`);
  expect([...found]).toEqual([]);
}

/** The values of the Secrets, as they are and in base64; certificates are public. */
async function secretValues(namespace: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const values = new Map<string, readonly string[]>();
  for (const { metadata, type = "", data } of await objects(namespace, "secrets")) {
    // The package as it was installed is kept in Secrets for its size, not for what is in it.
    if (type === "kplan.dev/package" || type === "kubernetes.io/service-account-token") continue;
    for (const [key, coded] of Object.entries(data ?? {})) {
      const value = Buffer.from(coded, "base64").toString().trim();
      if (!key.endsWith(".crt") && value.length >= SHORTEST)
        values.set(`${metadata.name}/${key}`, [value, coded]);
    }
  }
  return values;
}

/** Command line and environment of every process on this machine, where it may be asked. */
function processes(): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    for (const file of ["cmdline", "environ"])
      try {
        found.push([`${file} of process ${pid}`, readFileSync(`/proc/${pid}/${file}`, "utf8")]);
      } catch {
        // It has ended.
      }
  return found;
}
