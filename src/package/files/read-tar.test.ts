import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTar } from "./read-tar.ts";

/** A name longer than the 100 bytes of a header, in letters of more than one byte. */
const LONG = `${"länge/".repeat(25)}x.yaml`;

const entries = (tar: Uint8Array) =>
  [...readTar(tar)].map(({ name, type, content }) => [name, type, Buffer.from(content).toString()]);

test.each(["v7", "ustar", "oldgnu", "gnu", "pax"])("reads what tar writes as %s", (format) => {
  const folder = mkdtempSync(join(tmpdir(), "kplan-tar-"));
  const short = format === "v7" ? "sub/x.yaml" : LONG;
  mkdirSync(join(folder, short, ".."), { recursive: true });
  writeFileSync(join(folder, short), "long");
  writeFileSync(join(folder, "a"), "x".repeat(1000));
  writeFileSync(join(folder, "empty"), "");
  symlinkSync("a", join(folder, "z"));
  const args = ["-C", folder, `--format=${format}`, "-cf", "-", "a", "empty", short, "z"];
  expect(entries(execFileSync("tar", args))).toEqual([
    ["a", "file", "x".repeat(1000)],
    ["empty", "file", ""],
    [short, "file", "long"],
    ["z", "symlink", ""],
  ]);
});

/** A header with a right checksum. */
function header(fields: Readonly<Record<number, string>>): Buffer {
  const block = Buffer.alloc(512);
  for (const [at, text] of Object.entries({
    0: "name",
    124: "00000000000\0",
    257: "ustar\0",
    ...fields,
  }))
    block.write(text, Number(at), "latin1");
  block.write(" ".repeat(8), 148, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

const END = Buffer.alloc(1024);
const body = (text: string) =>
  Buffer.concat([Buffer.from(text)], Math.ceil(text.length / 512) * 512);
const octal = (size: number) => `${size.toString(8).padStart(11, "0")}\0`;

test.each<[string, readonly Buffer[], unknown]>([
  ["a file", [header({ 124: octal(2) }), body("hi"), END], [["name", "file", "hi"]]],
  [
    "a binary size",
    [header({ 124: `\x80${"\0".repeat(10)}\x02` }), body("hi"), END],
    [["name", "file", "hi"]],
  ],
  ["a folder by its name", [header({ 0: "sub/" }), END], [["sub/", "directory", ""]]],
  [
    "a link with a size that nothing follows",
    [header({ 156: "2", 124: octal(9) }), END],
    [["name", "symlink", ""]],
  ],
  ["a prefix", [header({ 345: "a/b" }), END], [["a/b/name", "file", ""]]],
  [
    "GNU's own use of the prefix",
    [header({ 257: "ustar  \0", 345: "a/b" }), END],
    [["name", "file", ""]],
  ],
  [
    "an extended path and size, for one entry",
    [
      header({ 156: "x", 124: octal(21) }),
      body("12 path=new\n9 size=2\n"),
      header({}),
      body("hi"),
      header({ 0: "next" }),
      END,
    ],
    [
      ["new", "file", "hi"],
      ["next", "file", ""],
    ],
  ],
  [
    "a global header, which is passed over",
    [header({ 156: "g", 124: octal(12) }), body("12 path=new\n"), header({}), END],
    [["name", "file", ""]],
  ],
  [
    "a sparse file",
    [header({ 156: "x", 124: octal(22) }), body("22 GNU.sparse.major=1\n"), header({}), END],
    [["name", "other", ""]],
  ],
  ["an unknown type", [header({ 156: "S" }), END], [["name", "other", ""]]],
  ["nothing after its end", [END, header({})], []],
])("reads %s", (_, blocks, expected) => {
  expect(entries(Buffer.concat(blocks))).toEqual(expected);
});

test.each<[string, readonly Buffer[], string]>([
  ["no end", [header({})], "its end is missing"],
  ["a cut file", [header({ 124: octal(9999) }), END], "it is cut short within a file"],
  [
    "a huge size",
    [header({ 124: `\xff${"\xff".repeat(11)}` }), END],
    "the size of a file is too large",
  ],
  ["a size that is none", [header({ 124: "9z" }), END], "a number in it is none"],
  [
    "an extended size that is none",
    [header({ 156: "x", 124: octal(10) }), body("10 size=x\n"), header({}), END],
    "the size of a file is no number",
  ],
  [
    "a record without an end",
    [header({ 156: "x", 124: octal(9) }), body("99 path=x"), header({}), END],
    "an extended header is none",
  ],
  [
    "a record of no length",
    [header({ 156: "x", 124: octal(9) }), body("0 path=x\n"), header({}), END],
    "an extended header is none",
  ],
  ["rubbish", [Buffer.alloc(512, 7), END], "a number in it is none"],
])("refuses %s", (_, blocks, why) => {
  expect(() => entries(Buffer.concat(blocks))).toThrow(why);
});
