import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packArchive } from "./archive.ts";
import { readFolder } from "./read-folder.ts";
import { readPackage } from "./read-package.ts";

const FILES: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks: [{name: rest, kind: Dummy}]
plans: {deploy: {phases: [{name: main, steps: [{name: rest, tasks: [rest]}]}]}}
`,
  "params.yaml": "",
  "templates/a/b.yaml": "x: 1\n",
};

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kplan-read-package-"));
});
afterAll(() => rm(root, { recursive: true }));

async function folder(name: string, extra: Readonly<Record<string, string>> = {}): Promise<string> {
  for (const [path, text] of Object.entries({ ...FILES, ...extra })) {
    await mkdir(dirname(join(root, name, path)), { recursive: true });
    await writeFile(join(root, name, path), text);
  }
  return join(root, name);
}

test("a folder and its archive are the same package", async () => {
  const path = await folder("same", {
    ".git/HEAD": "x",
    "templates/.b.yaml.swp": "x",
    "Thumbs.db": "x",
    "notes.txt~": "x",
  });
  const archive = join(root, "same.tgz");
  await writeFile(archive, await packArchive(await readFolder(path)));
  const [read, unpacked] = [await readPackage(path), await readPackage(archive)];
  expect(read.issues).toEqual([]);
  expect(read.pkg?.source).toBe(path);
  expect([...(read.pkg?.files.keys() ?? [])]).toEqual([
    "operator.yaml",
    "params.yaml",
    "templates/a/b.yaml",
  ]);
  expect(unpacked.pkg?.digest).toBe(read.pkg?.digest);
});

test("a link to a file within the folder is that file", async () => {
  const path = await folder("inner-link");
  await symlink("a/b.yaml", join(path, "templates/c.yaml"));
  expect((await readPackage(path)).pkg?.templates.get("c.yaml")).toBe("x: 1\n");
});

test.each<[string, string, string]>([
  ["out of it", "../../out.yaml", "is a link that leads out of the package"],
  ["out of it by an absolute path", "/etc/hostname", "is a link that leads out of the package"],
  ["to nothing", "nothing.yaml", "is a link to nothing"],
  ["to itself", "c.yaml", "is a link to nothing"],
  ["to a folder", "a", "is a link to something that is not a file"],
])("a link %s is refused", async (_, target, why) => {
  await writeFile(join(root, "out.yaml"), "secret");
  const path = await folder(`link-${Math.abs(hash(target))}`);
  await symlink(target, join(path, "templates/c.yaml"));
  await expect(readPackage(path)).rejects.toMatchObject({
    kind: "bad-input",
    message: `${join(path, "templates/c.yaml")}: ${why}`,
  });
});

test.each<[string, () => Promise<string>, string | RegExp, RegExp | undefined]>([
  [
    "nothing there",
    async () => join(root, "nope"),
    /^there is no package at .*nope: no such file or folder$/,
    /a package is a folder with .*operator\.yaml/,
  ],
  [
    "a path below a file",
    async () => join(await folder("below"), "operator.yaml/x"),
    /no such file or folder/,
    undefined,
  ],
  [
    "operator.yaml itself",
    async () => join(await folder("itself"), "operator.yaml"),
    /neither a folder nor a \.tgz archive/,
    /^give the folder: .*itself$/,
  ],
  [
    "a name that is too long",
    async () => join(root, "x".repeat(5000)),
    /cannot be read/,
    undefined,
  ],
])("%s is no package", async (_, path, message, hint) => {
  const error = await readPackage(await path()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    name: "KplanError",
    kind: "bad-input",
    message: expect.stringMatching(message),
  });
  if (hint) expect(error).toMatchObject({ hint: expect.stringMatching(hint) });
});

test("an empty folder has no operator.yaml", async () => {
  await mkdir(join(root, "empty"));
  expect((await readPackage(join(root, "empty"))).issues.map((issue) => issue.message)).toEqual([
    "the package has no operator.yaml",
    "the package has no params.yaml",
  ]);
});

test.skipIf(process.getuid?.() === 0)("a file that may not be read", async () => {
  const path = await folder("unreadable");
  await chmod(join(path, "params.yaml"), 0);
  await expect(readPackage(path)).rejects.toMatchObject({
    kind: "bad-input",
    message: `${join(path, "params.yaml")} may not be read: permission denied`,
  });
});

test("a folder of large files is refused before it is read into memory", async () => {
  const path = await folder("large");
  await writeFile(join(path, "big.bin"), Buffer.alloc((4 << 20) + 1));
  await expect(readPackage(path)).rejects.toMatchObject({
    kind: "bad-input",
    message: `${join(path, "big.bin")}: is larger than 4 MiB`,
  });
});

function hash(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
}
