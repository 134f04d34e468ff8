/** What lies in a tar, as its header says it. */
export interface TarEntry {
  /** As it is written: nothing of it is cleaned or checked. */
  readonly name: string;
  readonly type:
    | "file"
    | "directory"
    | "link"
    | "symlink"
    | "character-device"
    | "block-device"
    | "fifo"
    | "other";
  /** Of a file; nothing of anything else. */
  readonly content: Uint8Array;
}

/** Thrown for bytes that are no whole tar; the message says why. */
export class TarError extends Error {
  override readonly name = "TarError";
}

const BLOCK = 512;
const EMPTY = new Uint8Array();

/**
 * The entries of a tar, in order: the old format, POSIX's with its extended headers (`path`, `size`), and GNU's long names. It ends at the first block of zeros. Sparse files are
 * of type `other`. All at once and without a wait, so that no input can keep it from coming to an end. Throws `TarError`.
 */
export function* readTar(tar: Uint8Array): Generator<TarEntry, void, undefined> {
  const extended = new Map<string, string>();
  let longName: string | undefined;
  let at = 0;
  while (at + BLOCK <= tar.length) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    at += BLOCK;
    const flag = String.fromCharCode(header[156] ?? 0);
    const size = sizeOf(header, flag, extended);
    const content = tar.subarray(at, at + size);
    if (content.length < size) throw new TarError("it is cut short within a file");
    at += Math.ceil(size / BLOCK) * BLOCK;
    switch (flag) {
      case "g":
      case "K":
        continue;
      case "x":
        for (const [key, value] of records(content)) extended.set(key, value);
        continue;
      case "L":
        longName = textOf(content);
        continue;
    }
    const name = extended.get("path") ?? longName ?? nameOf(header);
    const isSparse = [...extended.keys()].some((key) => key.startsWith("GNU.sparse."));
    extended.clear();
    longName = undefined;
    const type = isSparse ? "other" : typeOf(flag, name);
    yield { name, type, content: type === "file" ? content : EMPTY };
  }
  throw new TarError("its end is missing");
}

function typeOf(flag: string, name: string): TarEntry["type"] {
  switch (flag) {
    case "0":
    case "\0":
    case "7":
      // The old format knows a folder by its name alone.
      return name.endsWith("/") ? "directory" : "file";
    case "1":
      return "link";
    case "2":
      return "symlink";
    case "3":
      return "character-device";
    case "4":
      return "block-device";
    case "5":
      return "directory";
    case "6":
      return "fifo";
    default:
      return "other";
  }
}

/** Bytes that follow the header: none after what has no content, whatever it says. */
function sizeOf(header: Uint8Array, flag: string, extended: ReadonlyMap<string, string>): number {
  if ("123456".includes(flag)) return 0;
  const written = "gxKL".includes(flag) ? undefined : extended.get("size");
  if (written === undefined) return numberOf(header.subarray(124, 136));
  if (!/^\d{1,15}$/.test(written)) throw new TarError("the size of a file is no number");
  return Number(written);
}

/** Octal digits among spaces and zeros, or with the first bit set a binary number. */
function numberOf(field: Uint8Array): number {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = field.reduce(
      (sum, byte, index) => sum * 256 + (index === 0 ? byte & 0x7f : byte),
      0,
    );
    if (Number.isSafeInteger(value)) return value;
    throw new TarError("the size of a file is too large");
  }
  const text = latin(field).replace(/^[ \0]+|[ \0]+$/g, "");
  if (!/^[0-7]*$/.test(text)) throw new TarError("a number in it is none");
  return text === "" ? 0 : Number.parseInt(text, 8);
}

/** The sum of the header's bytes, its own field taken as spaces; some programs took bytes as signed. */
function checkSum(header: Uint8Array): void {
  const wanted = numberOf(header.subarray(148, 156));
  let unsigned = 0;
  let signed = 0;
  for (const [index, byte] of header.entries()) {
    const value = index >= 148 && index < 156 ? 0x20 : byte;
    unsigned += value;
    signed += value > 127 ? value - 256 : value;
  }
  if (wanted !== unsigned && wanted !== signed) throw new TarError("a header's checksum is wrong");
}

/** Only POSIX's own format has a prefix; GNU's keeps other things there. */
function nameOf(header: Uint8Array): string {
  const name = textOf(header.subarray(0, 100));
  const isPosix = latin(header.subarray(257, 263)) === "ustar\0";
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** `<length> <key>=<value>\n`, one after the other; the length counts all of it. */
function* records(content: Uint8Array): Generator<readonly [string, string]> {
  let at = 0;
  while (at < content.length && content[at] !== 0) {
    const digits = /^(\d{1,8}) /.exec(latin(content.subarray(at, at + 9)))?.[1];
    const length = Number(digits);
    const end = at + length;
    const record = content.subarray(at + (digits?.length ?? 0) + 1, end);
    const equals = record.indexOf(0x3d);
    if (digits === undefined || end > content.length || equals < 1 || record.at(-1) !== 0x0a)
      throw new TarError("an extended header is none");
    const [key, value] = [record.subarray(0, equals), record.subarray(equals + 1, -1)];
    yield [decoded(key), decoded(value)];
    at = end;
  }
}

/** Up to the first zero byte. */
function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return decoded(end < 0 ? field : field.subarray(0, end));
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
