import { createHash } from "node:crypto";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import { type KubeObject, type ObjectRef, refOf } from "../model/kube-object.ts";
import { ANNOTATION, LABEL } from "../model/names.ts";
import type { Dialect } from "../model/package.ts";
import { asRead } from "./run-store.ts";

/** Which package, and where it is kept. */
export interface PackageKey {
  readonly namespace: string;
  /** Name of the OperatorVersion. */
  readonly operatorVersion: string;
  /** Digest of the package. */
  readonly digest: string;
}

/** Bytes of one piece; a Secret may have 1 MiB. */
const PIECE = 900 * 1024;
/** Bytes of a whole archive. */
const LIMIT = 4 * 1024 * 1024;
const NOTE = { pieces: "kplan.dev/pieces", sha256: "kplan.dev/archive-sha256" } as const;
const KEY = "piece";

/**
 * Keeps the archive of a package in immutable Secrets of at most 900 KiB. Complete when it returns; killed half-way, the next call completes it.
 * Throws a `bad-input` KplanError for an archive of more than 4 MiB.
 */
export async function storePackage(
  cluster: Cluster,
  key: PackageKey,
  content: { readonly dialect: Dialect; readonly operator: string; readonly archive: Uint8Array },
): Promise<void> {
  if (content.archive.byteLength > LIMIT) throw tooLarge(content.archive.byteLength);
  const secrets = pieceSecrets(key, content);
  const present = await Promise.all(secrets.map((secret) => createOrSee(cluster, secret)));
  // Pieces of another cut (by another version of kplan) cannot be completed with ours.
  const foreign = present.filter((piece, index) => piece && !sameCut(piece, secrets[index]));
  if (foreign.length === 0) return;
  if (await isWhole(cluster, key)) return;
  await Promise.all(foreign.map((piece) => piece && cluster.delete(refOf(piece), asRead(piece))));
  await Promise.all(secrets.map((secret) => createOrSee(cluster, secret)));
}

/** The archive of a package. Throws a KplanError when it is not there or not whole. */
export async function loadPackage(cluster: Cluster, key: PackageKey): Promise<Uint8Array> {
  const first = await cluster.get(pieceRef(key, 0));
  if (!first) throw noPackage(key, "is not there");
  const count = Number(first.metadata.annotations?.[NOTE.pieces] ?? 1);
  const rest = await Promise.all(
    Array.from({ length: count - 1 }, (_, index) => cluster.get(pieceRef(key, index + 1))),
  );
  const pieces = [first, ...rest].map(bytesOf);
  if (pieces.some((bytes) => bytes === undefined)) throw noPackage(key, "is not whole");
  const archive = Buffer.concat(pieces.filter((bytes) => bytes !== undefined));
  if (sha256(archive) !== first.metadata.annotations?.[NOTE.sha256])
    throw noPackage(key, "was changed");
  return archive;
}

/** Selects the pieces of all packages. */
export const ANY_PACKAGE: string = `${LABEL.role}=package`;

/** Selects the pieces of all packages of an operator. */
export function packageSelector(operator: string): string {
  return `${LABEL.operator}=${operator},${LABEL.role}=package`;
}

/** The OperatorVersion that a piece belongs to. */
export function operatorVersionOfPiece(piece: KubeObject): string | undefined {
  return piece.metadata.annotations?.[OPERATOR_VERSION];
}

const OPERATOR_VERSION = "kplan.dev/operator-version";

function pieceSecrets(
  key: PackageKey,
  content: { readonly dialect: Dialect; readonly operator: string; readonly archive: Uint8Array },
): readonly KubeObject[] {
  const { archive, dialect, operator } = content;
  const count = Math.max(1, Math.ceil(archive.byteLength / PIECE));
  const sum = sha256(archive);
  return Array.from({ length: count }, (_, index) => {
    const { apiVersion, kind, name, namespace } = pieceRef(key, index);
    const bytes = archive.subarray(index * PIECE, (index + 1) * PIECE);
    return {
      apiVersion,
      kind,
      metadata: {
        name,
        namespace: namespace ?? key.namespace,
        labels: { [LABEL.operator]: operator, [LABEL.role]: "package" },
        annotations: {
          [ANNOTATION.dialect]: dialect,
          [ANNOTATION.digest]: key.digest,
          [OPERATOR_VERSION]: key.operatorVersion,
          [NOTE.pieces]: String(count),
          [NOTE.sha256]: sum,
        },
      },
      immutable: true,
      type: "kplan.dev/package",
      data: { [KEY]: Buffer.from(bytes).toString("base64") },
    };
  });
}

/** `<operatorVersion>-<12 digits of the digest>-<index>`: another content has other names, so that runs find the package they began with. */
function pieceRef(key: PackageKey, index: number): ObjectRef {
  return {
    apiVersion: "v1",
    kind: "Secret",
    namespace: key.namespace,
    name: `${key.operatorVersion}-${key.digest.slice(0, 12)}-${index}`,
  };
}

/** Undefined when it was created, else the Secret that is there. */
async function createOrSee(cluster: Cluster, secret: KubeObject): Promise<KubeObject | undefined> {
  try {
    await cluster.create(secret);
    return undefined;
  } catch (error) {
    if (!(error instanceof ClusterError && error.kind === "already-exists")) throw error;
    return await cluster.get(refOf(secret));
  }
}

function sameCut(present: KubeObject, wanted: KubeObject | undefined): boolean {
  const sum = (secret: KubeObject | undefined) => secret?.metadata.annotations?.[NOTE.sha256];
  return sum(present) === sum(wanted);
}

async function isWhole(cluster: Cluster, key: PackageKey): Promise<boolean> {
  try {
    await loadPackage(cluster, key);
    return true;
  } catch (error) {
    if (error instanceof KplanError) return false;
    throw error;
  }
}

function bytesOf(secret: KubeObject | undefined): Uint8Array | undefined {
  const text = (secret?.data as Record<string, string> | undefined)?.[KEY];
  return text === undefined ? undefined : Buffer.from(text, "base64");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function noPackage(key: PackageKey, what: string): KplanError {
  const { name } = pieceRef(key, 0);
  return new KplanError(
    "no-package",
    `the package of OperatorVersion ${key.operatorVersion}, kept in Secret ${name}, ${what}`,
    { hint: "`kplan upgrade PACKAGE` with the same package stores it again" },
  );
}

function tooLarge(bytes: number): KplanError {
  const mebibytes = (bytes / 1024 / 1024).toFixed(1);
  return new KplanError(
    "package-too-large",
    `the package is ${mebibytes} MiB when packed; at most 4 MiB can be kept in the cluster`,
    { kind: "bad-input", hint: "leave out what no template needs" },
  );
}
