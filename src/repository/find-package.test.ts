import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, expect, test } from "vitest";
import { operatorVersionName } from "../model/names.ts";
import { packArchive } from "../package/files/archive.ts";
import type { LoadedPackage } from "../package/loaded-package.ts";
import { packageFinder } from "./find-package.ts";
import { writeRepositories } from "./repositories-file.ts";
import { smallArchive, smallPackage } from "./testing/small-package.ts";
import { startWebServer, type WebServer } from "./testing/web-server.ts";

let server: WebServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const folder = (): string => mkdtempSync(join(tmpdir(), "kplan-repository-"));

function write(root: string, files: ReadonlyMap<string, Uint8Array>): string {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** What came of it: the OperatorVersion's name, or the problems. */
function said({ pkg, issues }: LoadedPackage): string {
  return pkg ? operatorVersionName(pkg.operator) : issues.map(({ message }) => message).join("; ");
}

async function homeWith(url: string): Promise<string> {
  const home = folder();
  const repositories = [{ name: "ours", url }];
  await writeRepositories(home, { repoVersion: "v1", context: "ours", repositories });
  return home;
}

/** A repository of zookeeper in three versions, as `repo index` would list them. */
async function serveRepository(
  change: (index: string, url: string) => string = (index) => index,
): Promise<string> {
  const [old, current, plain] = await Promise.all([
    smallArchive("zookeeper", "0.3.0", "3.4.10"),
    smallArchive("zookeeper", "0.1.0", "3.10.0"),
    smallArchive("zookeeper", "9.0.0"),
  ]);
  const index = `apiVersion: v1
generated: 2020-04-01T10:00:00Z
entries:
  zookeeper:
  - {name: zookeeper, appVersion: 3.4.10, operatorVersion: 0.3.0, urls: [old.tgz], digest: ${old.digest}}
  - name: zookeeper
    operatorVersion: "9.0.0"
    urls: [plain.tgz]
    digest: ${plain.digest}
  - {appVersion: 3.10.0, operatorVersion: 0.1.0, urls: [nowhere.tgz, current.tgz], digest: ${current.digest}}
`;
  const answers: Record<string, string | Uint8Array> = {
    "/v1/old.tgz": old.bytes,
    "/v1/current.tgz": current.bytes,
    "/v1/plain.tgz": plain.bytes,
  };
  server = await startWebServer(answers);
  answers["/v1/index.yaml"] = change(index, server.url);
  return `${server.url}/v1`;
}

test.each([
  [{}, "zookeeper-3.10.0-0.1.0"],
  [{ appVersion: "3.4.10" }, "zookeeper-3.4.10-0.3.0"],
  [{ operatorVersion: "9.0.0" }, "zookeeper-9.0.0"],
  [{ appVersion: "", operatorVersion: "" }, "zookeeper-3.10.0-0.1.0"],
])("the repository of the context gives for %j the package %s", async (versions, expected) => {
  const home = await homeWith(await serveRepository());
  const found = await packageFinder({ home, env: {} })({ name: "zookeeper", ...versions });
  expect(said(found)).toBe(expected);
  expect(found.issues).toEqual([]);
});

test("an index is fetched once, an archive from the first address that has it", async () => {
  const home = await homeWith(await serveRepository());
  const find = packageFinder({ home, env: {} });
  await find({ name: "zookeeper" });
  await find({ name: "zookeeper", operatorVersion: "9.0.0" });
  expect(server?.asked).toEqual([
    "/v1/index.yaml",
    "/v1/nowhere.tgz",
    "/v1/current.tgz",
    "/v1/plain.tgz",
  ]);
});

test.each([
  [{ name: "zokeeper" }, "repository ours has no package zokeeper"],
  [
    { name: "zookeeper", appVersion: "3.5" },
    "repository ours has no package zookeeper of version 3.5",
  ],
])("%j is not there", async (wanted, message) => {
  const home = await homeWith(await serveRepository());
  await expect(packageFinder({ home, env: {} })(wanted)).rejects.toThrow(message);
});

test("an archive of another digest is refused, and both digests are said", async () => {
  const wrong = "f".repeat(64);
  const { digest } = await smallArchive("zookeeper", "9.0.0");
  const home = await homeWith(await serveRepository((index) => index.replace(digest, wrong)));
  const found = packageFinder({ home, env: {} })({ name: "zookeeper", operatorVersion: "9.0.0" });
  await expect(found).rejects.toMatchObject({
    code: "wrong-digest",
    message: expect.stringMatching(
      new RegExp(`plain.tgz is not .* sha256 is ${digest}, not ${wrong}`),
    ),
  });
});

test("an archive that the index gives no digest of, or another version, comes with a warning", async () => {
  const { digest } = await smallArchive("zookeeper", "9.0.0");
  const home = await homeWith(
    await serveRepository((index) => index.replace(digest, '""').replace('"9.0.0"', "9.0.1")),
  );
  const found = await packageFinder({ home, env: {} })({
    name: "zookeeper",
    operatorVersion: "9.0.1",
  });
  expect(found.issues.map(({ severity, code }) => [severity, code])).toEqual([
    ["warning", "no-digest"],
    ["warning", "other-version"],
  ]);
});

test.each([
  ["entries: {}\n", /the index has no apiVersion/],
  ["apiVersion: v1\nentries: {a: [{name: a}]}\n", /entries.a\[0\]: operatorVersion is missing/],
  ["apiVersion: v1\nentries: [a]\n", /entries: expected a map/],
  ["a: {", /./],
])("an index of nonsense is refused: %j", async (index, message) => {
  const home = await homeWith(await serveRepository(() => index));
  const error: unknown = await packageFinder({ home, env: {} })({ name: "a" }).catch((e) => e);
  expect(error).toMatchObject({ kind: "bad-input" });
  expect(JSON.stringify(error)).toMatch(message);
});

test("a repository on this machine is read by its file: address, its archives too", async () => {
  const root = folder();
  const { bytes, digest } = await smallArchive("zk", "0.1.0");
  writeFileSync(join(root, "zk.tgz"), bytes);
  writeFileSync(
    join(root, "index.yaml"),
    `apiVersion: v1\nentries:\n  zk: [{name: zk, operatorVersion: 0.1.0, urls: [zk.tgz], digest: ${digest}}]\n`,
  );
  const home = await homeWith(pathToFileURL(root).href);
  expect(said(await packageFinder({ home, env: {} })({ name: "zk" }))).toBe("zk-0.1.0");
});

test("an index from the network cannot name files of this machine", async () => {
  const home = await homeWith(
    await serveRepository(
      () =>
        "apiVersion: v1\nentries:\n  a: [{name: a, operatorVersion: 1, urls: ['file:///etc/passwd']}]\n",
    ),
  );
  await expect(packageFinder({ home, env: {} })({ name: "a" })).rejects.toThrow(
    /file: addresses are not fetched/,
  );
});

test("KUDO's own repository, which is gone, is named with what to do", async () => {
  const home = folder();
  const url = "https://kudo-repository.storage.googleapis.com/v1";
  await writeRepositories(home, {
    repoVersion: "v1",
    context: "c",
    repositories: [{ name: "c", url }],
  });
  // The proxy that nobody runs keeps this off the network.
  const env = { HTTPS_PROXY: "http://127.0.0.1:9" };
  await expect(packageFinder({ home, env })({ name: "kafka" })).rejects.toMatchObject({
    code: "no-repository",
    hint: expect.stringContaining("is gone"),
  });
});

test("nobody named a repository: a bare word asks nothing of the network", async () => {
  const find = packageFinder({ home: folder(), env: {} });
  await expect(find({ name: "kafka" })).rejects.toMatchObject({
    message: "there is no package at kafka: no such file or folder",
    hint: expect.stringContaining("kplan repo add"),
  });
});

test("an address is fetched, over a redirect too", async () => {
  const { bytes } = await smallArchive("zk", "0.1.0");
  server = await startWebServer({
    "/zk.tgz": bytes,
    "/latest": (_request, response) => response.writeHead(302, { location: "zk.tgz" }).end(),
    "/loop": (_request, response) => response.writeHead(302, { location: "/loop" }).end(),
    "/file": (_request, response) =>
      response.writeHead(302, { location: "file:///etc/passwd" }).end(),
    "/broken": (_request, response) => response.writeHead(500).end(),
    "/huge": (_request, response) => response.end(Buffer.alloc(5 * 1024 * 1024)),
    "/text": "hello",
  });
  const { url } = server;
  const find = packageFinder({ home: folder(), env: {} });
  expect(said(await find({ name: `${url}/zk.tgz` }))).toBe("zk-0.1.0");
  expect(said(await find({ name: `${url}/latest` }))).toBe("zk-0.1.0");
  const failures: readonly (readonly [string, RegExp])[] = [
    [`${url}/loop`, /leads on more than 10 times/],
    [`${url}/file`, /file: addresses are not fetched/],
    [`${url}/broken`, /the server answered 500/],
    [`${url}/nothing`, /the server answered 404/],
    [`${url}/huge`, /larger than 4 MiB/],
    [`${url}/text`, /not a gzip file/],
    ["ftp://127.0.0.1/zk.tgz", /no address of a package/],
    ["http://127.0.0.1:9/zk.tgz", /./],
  ];
  for (const [name, message] of failures)
    await expect(find({ name }), name).rejects.toThrow(message);
});

test("a password in an address is not shown", async () => {
  server = await startWebServer({});
  const name = server.url.replace("//", "//me:secret@");
  const error = await packageFinder({ home: folder(), env: {} })({ name: `${name}/x` }).catch(
    (e) => e,
  );
  expect(String(error)).toMatch(/404/);
  expect(String(error)).not.toMatch(/secret/);
});

test("a path is a package of this machine; a bare word is one unless a repository is named", async () => {
  const home = await homeWith(await serveRepository());
  const root = folder();
  write(join(root, "zookeeper"), smallPackage("zookeeper", "0.0.1"));
  const before = process.cwd();
  process.chdir(root);
  try {
    const find = packageFinder({ home, env: {} });
    const bare = await find({ name: "zookeeper" });
    expect(said(bare)).toBe("zookeeper-0.0.1");
    expect(bare.issues).toMatchObject([{ severity: "warning", code: "local-package" }]);
    expect(said(await find({ name: "./zookeeper" }))).toBe("zookeeper-0.0.1");
    const named = packageFinder({ home, repository: "ours", env: {} });
    expect(said(await named({ name: "zookeeper" }))).toBe("zookeeper-3.10.0-0.1.0");
    expect(said(await named({ name: "./zookeeper" }))).toBe("zookeeper-0.0.1");
    const other = await find({ name: "./zookeeper", operatorVersion: "0.3.0" });
    expect(other.issues.map(({ message }) => message)).toEqual([
      "./zookeeper has the operator version 0.0.1, not 0.3.0",
    ]);
    await expect(find({ name: "./nope" })).rejects.toThrow("there is no package at ./nope");
    await expect(find({ name: join(root, "nope") })).rejects.toThrow("no such file or folder");
  } finally {
    process.chdir(before);
  }
});

test("a package in a folder finds those beside and below it, and bare names in the repository", async () => {
  const home = await homeWith(await serveRepository());
  const root = folder();
  write(join(root, "parent"), smallPackage("parent", "1.0.0"));
  write(join(root, "parent/child"), smallPackage("child", "1.0.0"));
  write(join(root, "sister"), smallPackage("sister", "1.0.0"));
  writeFileSync(join(root, "parent/packed.tgz"), (await smallArchive("packed", "1.0.0")).bytes);
  const find = packageFinder({ home, env: {} });
  const { pkg } = await find({ name: join(root, "parent") });
  const found = async (name: string) => said(await find({ name }, pkg));
  expect(await found("./child")).toBe("child-1.0.0");
  expect(await found("child/../child")).toBe("child-1.0.0");
  expect(await found("../sister")).toBe("sister-1.0.0");
  expect(await found("./packed.tgz")).toBe("packed-1.0.0");
  expect(await found("zookeeper")).toBe("zookeeper-3.10.0-0.1.0");
  await expect(found("./nope")).rejects.toThrow("there is no package at");
});

/** A parent with a child and a grandchild in one archive, which also has a packed one. */
async function familyArchive(): Promise<Uint8Array> {
  const below = (prefix: string, files: ReadonlyMap<string, Uint8Array>) =>
    [...files].map(([path, content]) => [`${prefix}${path}`, content] as const);
  return await packArchive(
    new Map([
      ...smallPackage("parent", "1.0.0"),
      ...below("child/", smallPackage("child", "1.0.0")),
      ...below("child/grandchild/", smallPackage("grandchild", "1.0.0")),
      ...below("sister/", smallPackage("sister", "1.0.0")),
      ["packed.tgz", (await smallArchive("packed", "1.0.0")).bytes] as const,
    ]),
  );
}

test("a package in an archive finds what lies in the archive, and never leaves it", async () => {
  const root = folder();
  const path = join(root, "parent.tgz");
  writeFileSync(path, await familyArchive());
  write(join(root, "outside"), smallPackage("outside", "1.0.0"));
  const find = packageFinder({ home: folder(), env: {} });
  const { pkg: parent } = await find({ name: path });
  const { pkg: child } = await find({ name: "./child" }, parent);
  expect(said(await find({ name: "child" }, parent).catch((e) => ({ issues: [e] })))).toMatch(
    /needs package child, and no repository is known/,
  );
  expect(said(await find({ name: "./grandchild" }, child))).toBe("grandchild-1.0.0");
  expect(said(await find({ name: "../sister" }, child))).toBe("sister-1.0.0");
  expect(said(await find({ name: "./packed.tgz" }, parent))).toBe("packed-1.0.0");
  // As for KUDO, there is nothing above the root of an archive.
  expect(said(await find({ name: "../../../sister" }, child))).toBe("sister-1.0.0");
  for (const name of ["../outside", join(root, "outside"), "./nope", "/etc", "../../../../etc"])
    await expect(find({ name }, parent), name).rejects.toThrow("there is no package");
  const { pkg: packed } = await find({ name: "./packed.tgz" }, parent);
  await expect(find({ name: "../child" }, packed)).rejects.toThrow("there is no package");
});

test("a package without an origin, as the cluster keeps it, has only its own files", async () => {
  const find = packageFinder({ home: folder(), env: {} });
  const root = folder();
  write(root, smallPackage("parent", "1.0.0"));
  const { pkg } = await find({ name: root });
  if (!pkg) throw new Error("it is a package");
  const { origin: _, ...stored } = pkg;
  await expect(find({ name: root }, stored)).rejects.toThrow("there is no package");
});
