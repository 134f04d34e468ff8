import { createHash } from "node:crypto";
import { isMap } from "../model/json.ts";
import { type KubeObject, type ObjectRef, refKey, refOf } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";
import type { Identity } from "./enhance.ts";
import { isDigested, kudoDigest } from "./kudo-digest.ts";
import { isReplaceable, type Part, partAt, partIn, podTemplateOf } from "./pod-template.ts";

/** What counts where nothing is there, or where its content is not to count. */
const NOTHING = Buffer.alloc(16);

/**
 * KUDO's `kudo.dev/dependencies-hash` on the pod template, byte for byte (compat section 4.3): MD5 over the MD5 of everything that volumes and
 * `imagePullSecrets` name. What environments and projected volumes name does not count, as in KUDO (compat D-15).
 */
export function addKudoHash(
  object: KubeObject,
  identity: Identity,
  task: readonly KubeObject[],
): void {
  const template = podTemplateOf(object);
  if (template === undefined || !isReplaceable(object)) return;
  const used = usedBy(template, object.metadata.namespace);
  if (used.length === 0) return;
  const hash = createHash("md5");
  for (const ref of used) hash.update(digestOf(ref, identity, task));
  partIn(partIn(template, "metadata"), "annotations")[ANNOTATION.dependenciesHash] =
    hash.digest("hex");
}

/**
 * Notes on a ConfigMap or Secret what it adds to such a hash: KUDO read that off its copy of the object as it was applied, which kplan does not keep, and the
 * object as the server has it is another text.
 */
export function addContentDigest(object: KubeObject): void {
  if (!isDigested(object)) return;
  partIn(object.metadata, "annotations")[ANNOTATION.contentDigest] =
    kudoDigest(object).toString("hex");
}

function digestOf(ref: ObjectRef, identity: Identity, task: readonly KubeObject[]): Buffer {
  const here = task.find((object) => refKey(refOf(object)) === refKey(ref));
  if (here !== undefined) return isSkipped(here) ? NOTHING : kudoDigest(here);
  const live = identity.dependency(ref);
  if (live === undefined) return NOTHING;
  const applied = lastApplied(live);
  if (applied !== undefined) return isSkipped(applied) ? NOTHING : kudoDigest(applied);
  if (isSkipped(live)) return NOTHING;
  const noted = live.metadata.annotations?.[ANNOTATION.contentDigest] ?? "";
  return /^[0-9a-f]{32}$/.test(noted) ? Buffer.from(noted, "hex") : kudoDigest(live);
}

/** The object as KUDO applied it last; undefined when KUDO did not, or nobody can read it any more. */
export function lastApplied(live: KubeObject): KubeObject | undefined {
  try {
    const read: unknown = JSON.parse(live.metadata.annotations?.[ANNOTATION.lastApplied] ?? "");
    return isMap(read) && isMap(read.metadata) ? (read as unknown as KubeObject) : undefined;
  } catch {
    return undefined;
  }
}

function isSkipped({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[ANNOTATION.skipHash] !== undefined;
}

/** ConfigMaps, then Secrets, each sorted by name; what is named twice is there twice. */
function usedBy(template: Part, namespace: string | undefined): ObjectRef[] {
  const spec = partAt(template, ["spec"]);
  const volumes = itemsOf(spec, "volumes");
  const configMaps = volumes.map((volume) => partAt(volume, ["configMap"])?.name);
  const secrets = [
    ...volumes.map((volume) => partAt(volume, ["secret"])?.secretName),
    ...itemsOf(spec, "imagePullSecrets").map(({ name }) => name),
  ];
  const refs = (kind: string, names: readonly unknown[]): ObjectRef[] =>
    names
      .filter((name): name is string => typeof name === "string" && name !== "")
      .sort(byBytes)
      .map((name) => ({
        apiVersion: "v1",
        kind,
        name,
        ...(namespace !== undefined && { namespace }),
      }));
  return [...refs("ConfigMap", configMaps), ...refs("Secret", secrets)];
}

function itemsOf(from: Part | undefined, field: string): Part[] {
  const items = from?.[field];
  return Array.isArray(items) ? items.filter(isMap) : [];
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
