import { createHash } from "node:crypto";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import { refuseLater } from "../model/fencing.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { LABEL, secretsName } from "../model/names.ts";
import type { SecretKind } from "../model/parameter.ts";
import { randomBytes } from "../model/random.ts";
import { generateSecret } from "./generate-secret.ts";

/** What an instance keeps secret, as read. Values stay inside: only their salted hashes are told. */
export interface SecretValues {
  /** Names of the parameters that have a value. */
  readonly names: readonly string[];
  /** Mixed into every hash over this instance's secrets; empty in a Secret that somebody else made, until `storeSecretValues` adds one. */
  readonly salt: string;
  /** `sha256:…` of a stored value; undefined when there is none. */
  hashOf(name: string): string | undefined;
  /** `sha256:…` of any value, comparable with `hashOf`. */
  hash(value: string): string;
}

/** Key of the salt in the Secret's data; no parameter can have such a name. */
const SALT = ".kplan-salt";

/** The Secret that keeps an instance's secret values. */
export function secretsRef(namespace: string, instance: string): ObjectRef {
  return { apiVersion: "v1", kind: "Secret", namespace, name: secretsName(instance) };
}

/** Reads what an instance keeps secret; undefined when it keeps nothing yet. */
export async function readSecretValues(
  cluster: Cluster,
  namespace: string,
  instance: string,
): Promise<SecretValues | undefined> {
  const secret = await cluster.get(secretsRef(namespace, instance));
  return secret && valuesOf(secret);
}

/**
 * Stores given values, and generates those of `names` that have none. What is there and not given is never changed. Creates the Secret when it is
 * missing: without owner, so that it lives as long as the claims. Call it under the lease. Throws `lease-lost` when a later driver has marked it.
 */
export async function storeSecretValues(
  cluster: Cluster,
  where: { readonly namespace: string; readonly instance: string; readonly operator: string },
  wanted: {
    /** All secret parameters that must have a value. */
    readonly names: readonly string[];
    /** What is generated for a name; a password where nothing is said. */
    readonly kinds?: Readonly<Record<string, SecretKind>>;
    readonly given: Readonly<Record<string, string>>;
    /** For a Secret that has no salt yet. */
    readonly salt: string;
    /** Fencing token of the driver: what a later one has marked is refused. */
    readonly token?: number;
  },
): Promise<SecretValues> {
  const ref = secretsRef(where.namespace, where.instance);
  for (let attempt = 0; ; attempt++) {
    const present = await cluster.get(ref);
    if (present) refuseLater(present, wanted.token);
    const missing = missingData(present, wanted);
    if (present && Object.keys(missing).length === 0) return valuesOf(present);
    try {
      const stored = present
        ? await cluster.patch(ref, { metadata: versionOf(present), data: missing })
        : await cluster.create(newSecret(ref, where, missing));
      return valuesOf(stored);
    } catch (error) {
      const raced =
        error instanceof ClusterError &&
        (error.kind === "conflict" || error.kind === "already-exists");
      if (!raced || attempt === 3) throw error;
    }
  }
}

/** 128 random bits. */
export function newSalt(): string {
  return Buffer.from(randomBytes(16)).toString("hex");
}

/** `sha256:…` over salt and value: tells equal from different, and nothing else without the salt. */
export function saltedHash(salt: string, value: string): string {
  const sum = createHash("sha256").update(salt).update("\0").update(value).digest("hex");
  return `sha256:${sum}`;
}

/** Base64 of what the Secret lacks or what was given anew. */
function missingData(
  present: KubeObject | undefined,
  wanted: {
    readonly names: readonly string[];
    readonly kinds?: Readonly<Record<string, SecretKind>>;
    readonly given: Readonly<Record<string, string>>;
    readonly salt: string;
  },
): Record<string, string> {
  const data = dataOf(present);
  const missing: Record<string, string> = {};
  if (data[SALT] === undefined) missing[SALT] = base64(wanted.salt);
  for (const name of wanted.names)
    if (data[name] === undefined && wanted.given[name] === undefined)
      missing[name] = base64(generateSecret(wanted.kinds?.[name] ?? "password"));
  for (const [name, value] of Object.entries(wanted.given))
    if (data[name] !== base64(value)) missing[name] = base64(value);
  return missing;
}

function newSecret(
  ref: ObjectRef,
  where: { readonly namespace: string; readonly instance: string; readonly operator: string },
  data: Record<string, string>,
): KubeObject {
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      namespace: where.namespace,
      labels: {
        [LABEL.operator]: where.operator,
        [LABEL.instance]: where.instance,
        [LABEL.role]: "secrets",
      },
    },
    type: "Opaque",
    data,
  };
}

function valuesOf(secret: KubeObject): SecretValues {
  const data = dataOf(secret);
  const salt = text(data[SALT] ?? "");
  const hash = (value: string): string => saltedHash(salt, value);
  return {
    names: Object.keys(data).filter((name) => name !== SALT),
    salt,
    hash,
    hashOf(name) {
      const stored = data[name];
      return stored === undefined ? undefined : hash(text(stored));
    },
  };
}

function versionOf(object: KubeObject): { readonly resourceVersion?: string } {
  const { resourceVersion } = object.metadata;
  return resourceVersion === undefined ? {} : { resourceVersion };
}

function dataOf(secret: KubeObject | undefined): Readonly<Record<string, string>> {
  return (secret?.data ?? {}) as Record<string, string>;
}

function base64(value: string): string {
  return Buffer.from(value, "utf8").toString("base64");
}

function text(value: string): string {
  return Buffer.from(value, "base64").toString("utf8");
}
