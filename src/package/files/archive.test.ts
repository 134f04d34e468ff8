import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { type Header, pack } from "tar-stream";
import { expect, test } from "vitest";
import { packArchive, unpackArchive } from "./archive.ts";
import { isIgnored } from "./ignored-file.ts";

type Entry = Partial<Header> & { readonly name: string };

const FILES = new Map([
  ["operator.yaml", new TextEncoder().encode("name: a\n")],
  ["templates/sub/x.yaml", new Uint8Array([0, 255, 1])],
  ["params.yaml", new Uint8Array()],
]);

test("what was packed is unpacked", async () => {
  const files = await unpackArchive(await packArchive(FILES), "a.tgz");
  expect(new Map([...files].sort())).toEqual(new Map([...FILES].sort()));
});

test("any files come back as they were, and in any order make the same bytes", async () => {
  const path = fc
    .array(fc.stringMatching(/^[a-zA-Z0-9äß_ .-]{1,40}$/), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("/"))
    .filter(
      (text) => !text.split("/").some((part) => part === "." || part === "..") && !isIgnored(text),
    );
  const entries = fc.uniqueArray(fc.tuple(path, fc.uint8Array({ maxLength: 2000 })), {
    maxLength: 8,
    selector: ([name]) => name,
  });
  await fc.assert(
    fc.asyncProperty(entries, async (files) => {
      const bytes = await packArchive(new Map(files));
      const unpacked = await unpackArchive(bytes, "a.tgz");
      expect(Object.fromEntries(unpacked)).toEqual(Object.fromEntries(files));
      expect(await packArchive(new Map(files.toReversed()))).toEqual(bytes);
    }),
    { numRuns: 50 },
  );
});

test("an archive bears no trace of time, machine or user", async () => {
  const bytes = await packArchive(FILES);
  expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  const header = gunzipSync(bytes).subarray(0, 512).toString("latin1");
  const octal = (from: number, to: number) => Number.parseInt(header.slice(from, to), 8);
  expect(header.slice(0, 13)).toBe("operator.yaml");
  expect([octal(100, 108), octal(108, 116), octal(116, 124), octal(136, 148)]).toEqual([
    0o644, 0, 0, 0,
  ]);
  expect(header.slice(265, 329)).toMatch(/^\0*$/);
});

test("paths are cleaned, and what is no part of a package is left out", async () => {
  const bytes = await tgz([
    { name: "./", type: "directory" },
    { name: "./operator.yaml" },
    { name: "templates//a.yaml" },
    { name: "._operator.yaml" },
    { name: ".git/config" },
    { name: "__MACOSX/operator.yaml" },
    { name: "operator.yaml~" },
  ]);
  expect([...(await unpackArchive(bytes, "a.tgz")).keys()]).toEqual([
    "operator.yaml",
    "templates/a.yaml",
  ]);
});

test.each<[string, readonly Entry[], string]>([
  ["an absolute path", [{ name: "/etc/passwd" }], '"/etc/passwd" is a path that leads out of it'],
  ["a path out of it", [{ name: "a/../../b" }], '"a/../../b" is a path that leads out of it'],
  [
    "a hidden path out of it",
    [{ name: ".git/../../b" }],
    '".git/../../b" is a path that leads out of it',
  ],
  ["a Windows path", [{ name: "C:\\x" }], '"C:\\\\x" is a path that leads out of it'],
  ["a drive", [{ name: "C:x" }], '"C:x" is a path that leads out of it'],
  [
    "a symbolic link",
    [{ name: "a", type: "symlink", linkname: "/etc/passwd" }],
    "a is a symlink; only files and folders are allowed",
  ],
  [
    "a hard link",
    [{ name: "a", type: "link", linkname: "b" }],
    "a is a link; only files and folders are allowed",
  ],
  [
    "a device",
    [{ name: "a", type: "character-device" }],
    "a is a character-device; only files and folders are allowed",
  ],
  ["a pipe", [{ name: "a", type: "fifo" }], "a is a fifo; only files and folders are allowed"],
  ["a file twice", [{ name: "a" }, { name: "./a" }], "a is in it twice"],
  [
    "too many files",
    Array.from({ length: 2001 }, (_, i) => ({ name: `f${i}` })),
    "it has more than 2000 files",
  ],
])("refuses %s", async (_, entries, why) => {
  await expect(unpackArchive(await tgz(entries), "a.tgz")).rejects.toMatchObject({
    kind: "bad-input",
    message: `a.tgz: ${why}`,
  });
});

test.each([
  ["apiVersion: kudo.dev/v1beta1\nname: a\n", ["operator.yaml"]],
  ["name: a\ntasks: []\n", ["operator.yaml"]],
  ["apiVersion: kplan.dev/v1\nname: a\n", "link is a symlink; only files and folders are allowed"],
  ["a: [", "link is a symlink; only files and folders are allowed"],
])(
  "links are passed over in a KUDO package, as KUDO does, and refused elsewhere: %j",
  async (text, expected) => {
    const bytes = await tgz(
      [
        { name: "link", type: "symlink", linkname: "/etc/passwd" },
        { name: "templates/hard.yaml", type: "link", linkname: "../../../etc/passwd" },
        { name: "pipe", type: "fifo" },
        { name: "operator.yaml" },
      ],
      Buffer.from(text),
    );
    const found = await unpackArchive(bytes, "a.tgz").then(
      (files) => [...files.keys()],
      (error: Error) => error.message.replace("a.tgz: ", ""),
    );
    expect(found).toEqual(expected);
  },
);

test("whatever bytes are in an archive, it gives files below its root or is refused in words", async () => {
  const tar = gunzipSync(
    await tgz([
      { name: "operator.yaml" },
      { name: `${"long/".repeat(30)}templates/x.yaml` },
      { name: "templates/", type: "directory" },
      { name: "templates/link.yaml", type: "symlink", linkname: "x" },
    ]),
  );
  const edit = fc.tuple(
    fc.nat(tar.length - 1),
    fc.oneof(
      fc.constantFrom(..."/.\\\0:0123457xgLK").map((char) => char.charCodeAt(0)),
      fc.nat(255),
    ),
  );
  const edits = fc.array(edit, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(edits, fc.boolean(), fc.boolean(), async (changes, mends, packed) => {
      const bytes = packed ? gzipSync(tar) : Buffer.from(tar);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      // With the checksums of its headers made right again, more of it is believed.
      if (!packed && mends) mendChecksums(bytes);
      try {
        const files = await unpackArchive(packed ? bytes : gzipSync(bytes), "a.tgz");
        for (const path of files.keys()) {
          expect(posix.resolve("/root", path)).toBe(`/root/${path}`);
          expect(path).not.toMatch(/[\\\0]/);
        }
      } catch (error) {
        expect(error).toMatchObject({ name: "KplanError", kind: "bad-input" });
      }
    }),
    { numRuns: Number(process.env.KPLAN_FUZZ_ARCHIVES ?? 400) },
  );
});

/** Of every block that looks like a header. */
function mendChecksums(tar: Buffer): void {
  for (let at = 0; at + 512 <= tar.length; at += 512) {
    const header = tar.subarray(at, at + 512);
    if (header.toString("latin1", 257, 262) !== "ustar") continue;
    header.write(" ".repeat(8), 148, "latin1");
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  }
}

test.each<[string, () => Promise<Uint8Array>, string]>([
  ["nothing", async () => new Uint8Array(), "the archive is cut short"],
  [
    "a text",
    async () => new TextEncoder().encode("apiVersion: kplan.dev/v1"),
    "it is not a gzip file",
  ],
  ["a gzip of a text", async () => gzipSync("hello"), "it holds no whole tar archive"],
  ["a gzip of nothing", async () => gzipSync(""), "it holds no whole tar archive"],
  [
    "a gzip of rubbish",
    async () => gzipSync(Buffer.concat([Buffer.alloc(1024, 7), Buffer.alloc(1024)])),
    "it holds no whole tar archive",
  ],
  [
    "a gzip that is cut short",
    async () => (await packArchive(FILES)).subarray(0, 60),
    "the archive is cut short",
  ],
  [
    "a tar that is cut between files",
    async () => gzipSync(gunzipSync(await packArchive(FILES)).subarray(0, 1024)),
    "it holds no whole tar archive",
  ],
  [
    "a tar that is cut within a file",
    async () => gzipSync(gunzipSync(await packArchive(FILES)).subarray(0, 2560 + 4)),
    "it holds no whole tar archive",
  ],
  ["a gzip bomb", async () => gzipSync(Buffer.alloc(64 << 20)), "it unpacks to more than 19.9 MiB"],
  [
    "a large file",
    async () => tgz([{ name: "a" }], Buffer.alloc((4 << 20) + 1)),
    "a is larger than 4 MiB",
  ],
  [
    "large files",
    async () =>
      tgz(
        [1, 2, 3, 4, 5].map((i) => ({ name: `f${i}` })),
        Buffer.alloc(3_600_000),
      ),
    "it unpacks to more than 16 MiB",
  ],
  [
    "a large archive",
    async () => new Uint8Array((4 << 20) + 1),
    "the archive is larger than 4 MiB",
  ],
])("refuses %s", async (_, make, why) => {
  await expect(unpackArchive(await make(), "a.tgz")).rejects.toMatchObject({
    kind: "bad-input",
    message: `a.tgz: ${why}`,
  });
});

test("a package that a cluster cannot keep is not packed", async () => {
  const noise = randomBytes(5 << 20);
  await expect(packArchive(new Map([["a", noise]]))).rejects.toMatchObject({
    code: "package-too-large",
    kind: "bad-input",
  });
});

async function tgz(
  entries: readonly Entry[],
  content: Uint8Array = Buffer.from("x"),
): Promise<Uint8Array> {
  const archive = pack();
  for (const entry of entries) {
    if (entry.type === undefined || entry.type === "file") archive.entry(entry, content);
    else archive.entry(entry);
  }
  archive.finalize();
  return gzipSync(await buffer(archive));
}
