/** The one file in a tar archive, or what there is instead. */
export type TarFile =
  | { readonly kind: "file"; readonly bytes: Uint8Array }
  | { readonly kind: "none" | "directory" | "link" | "broken-off" };

const BLOCK = 512;

/** Kinds of entries by their letter (POSIX ustar, and GNU's). */
const FILE: readonly string[] = ["0", "\0", "7"];
const LINKS: readonly string[] = ["1", "2"];
/** Describe the entry after them: names that are too long for its header, further attributes. */
const ABOUT_NEXT: readonly string[] = ["x", "g", "L", "K"];

/** Reads what `tar cf - FILE` prints for one file. */
export function readTar(archive: Uint8Array): TarFile {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return { kind: "none" };
    const size = sizeIn(header);
    if (size === undefined) return { kind: "broken-off" };
    const begin = at + BLOCK;
    const letter = String.fromCharCode(header[156] ?? 0);
    if (FILE.includes(letter)) {
      if (begin + size > archive.length) return { kind: "broken-off" };
      return { kind: "file", bytes: new Uint8Array(archive.subarray(begin, begin + size)) };
    }
    if (LINKS.includes(letter)) return { kind: "link" };
    if (letter === "5") return { kind: "directory" };
    if (!ABOUT_NEXT.includes(letter)) return { kind: "none" };
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return { kind: archive.length === 0 ? "none" : "broken-off" };
}

/** The size in a header: octal digits, or, for sizes beyond any that is kept, binary (GNU), which counts as unreadable. */
function sizeIn(header: Uint8Array): number | undefined {
  const text = Buffer.from(header.subarray(124, 136))
    .toString("latin1")
    .replace(/[\0 ]+$/g, "");
  return /^ *[0-7]*$/.test(text) ? Number.parseInt(text.trim() || "0", 8) : undefined;
}
