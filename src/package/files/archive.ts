import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { KplanError } from "../../model/kplan-error.ts";
import { parseGoYaml } from "../../yaml/parse-go-yaml.ts";
import { dialectOf } from "../dialect.ts";
import { isIgnored } from "./ignored-file.ts";
import {
  MAX_ARCHIVE_BYTES,
  MAX_FILE_BYTES,
  MAX_FILES,
  MAX_PACKAGE_BYTES,
  mebibytes,
} from "./limits.ts";
import { readTar, type TarEntry, TarError } from "./read-tar.ts";

/**
 * A `.tgz` of files by their path below the package's root. Reproducible: the same files give the same bytes (sorted by path, time and owner 0,
 * mode 0644, no name or time in the gzip header). Throws a `bad-input` KplanError when it would be larger than a cluster can keep (4 MiB).
 */
export async function packArchive(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const archive = pack();
  for (const name of [...files.keys()].sort())
    archive.entry({ name, ...REPRODUCIBLE }, Buffer.from(files.get(name) ?? []));
  archive.finalize();
  const bytes = gzipSync(await buffer(archive), { level: 9 });
  bytes[OS_BYTE] = 255;
  if (bytes.length > MAX_ARCHIVE_BYTES)
    throw new KplanError(
      "package-too-large",
      `the package is ${mebibytes(bytes.length)} when packed, more than ${mebibytes(MAX_ARCHIVE_BYTES)}`,
      { kind: "bad-input", hint: "leave out of its folder what is not part of the operator" },
    );
  return bytes;
}

/** Place of the operating system in a gzip header (RFC 1952); 255 is "unknown". */
const OS_BYTE = 9;

const REPRODUCIBLE = { mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 } as const;

/**
 * The files of a `.tgz` by their path below its root, without those of no concern (`isIgnored`). Nothing is written to the disk. Throws a `bad-input`
 * KplanError that names the archive when it is not a whole gzip of a whole tar, has anything but files and folders in it (in a KUDO package that is left out), has absolute
 * paths, paths with `..`, the same path twice, or more or larger files than a package may have.
 */
export async function unpackArchive(
  bytes: Uint8Array,
  name: string,
): Promise<Map<string, Uint8Array>> {
  const refuse: Refuse = (why, cause) => {
    throw new KplanError("bad-archive", `${name}: ${why}`, {
      kind: "bad-input",
      hint: 'a package is packed with "tar -C FOLDER -czf PACKAGE.tgz ."',
      cause,
    });
  };
  if (bytes.length > MAX_ARCHIVE_BYTES)
    refuse(`the archive is larger than ${mebibytes(MAX_ARCHIVE_BYTES)}`);
  return filesOf(unzip(bytes, refuse), refuse);
}

type Refuse = (why: string, cause?: unknown) => never;

/** Room for the headers and the padding of the largest package. */
const MAX_TAR_BYTES = MAX_PACKAGE_BYTES + MAX_FILES * 2048;

function unzip(bytes: Uint8Array, refuse: Refuse): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TAR_BYTES });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE")
      return refuse(`it unpacks to more than ${mebibytes(MAX_TAR_BYTES)}`, error);
    if (code === "Z_BUF_ERROR") return refuse("the archive is cut short", error);
    return refuse("it is not a gzip file", error);
  }
}

function filesOf(tar: Uint8Array, refuse: Refuse): Map<string, Uint8Array> {
  // A tar ends in zero blocks; one that was cut where a file ends has none.
  if (tar.length < 1024 || tar.subarray(-512).some((byte) => byte !== 0))
    refuse("it holds no whole tar archive");
  const files = new Map<string, Uint8Array>();
  let total = 0;
  let entries = 0;
  let other: string | undefined;
  for (const { name, type, content } of wholeTar(tar, refuse)) {
    if (++entries > 2 * MAX_FILES) refuse(`it has more than ${MAX_FILES} files`);
    const path = pathOf(name, refuse);
    if (type === "directory") continue;
    if (type !== "file") {
      other ??= `${path} is a ${type}; only files and folders are allowed`;
      continue;
    }
    if (files.has(path)) refuse(`${path} is in it twice`);
    total += content.length;
    if (content.length > MAX_FILE_BYTES)
      refuse(`${path} is larger than ${mebibytes(MAX_FILE_BYTES)}`);
    if (total > MAX_PACKAGE_BYTES)
      refuse(`it unpacks to more than ${mebibytes(MAX_PACKAGE_BYTES)}`);
    // A copy: what is kept of an archive is not all of it.
    files.set(path, new Uint8Array(content));
    if (files.size > MAX_FILES) refuse(`it has more than ${MAX_FILES} files`);
  }
  // KUDO passes over what is neither file nor folder, so archives of its packages may have links in them.
  if (other !== undefined && !isKudo(files)) refuse(other);
  return new Map([...files].filter(([path]) => !isIgnored(path)));
}

function* wholeTar(tar: Uint8Array, refuse: Refuse): Generator<TarEntry> {
  try {
    yield* readTar(tar);
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    refuse("it holds no whole tar archive", error);
  }
}

function isKudo(files: ReadonlyMap<string, Uint8Array>): boolean {
  const operator = files.get("operator.yaml");
  if (operator === undefined) return false;
  return dialectOf(parseGoYaml(new TextDecoder().decode(operator), "operator.yaml")) === "kudo";
}

/** The path below the root, or a refusal: `./a//b` is `a/b`. */
function pathOf(name: string, refuse: Refuse): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  const outside = name.startsWith("/") || /^[A-Za-z]:/.test(name) || parts.includes("..");
  if (outside || name.includes("\\") || name.includes("\0"))
    refuse(`${JSON.stringify(name)} is a path that leads out of it`);
  return parts.join("/");
}
