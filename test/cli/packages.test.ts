import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unpackArchive } from "../../src/package/files/archive.ts";
import { digestOf } from "../../src/package/files/digest.ts";
import { startWebServer, type WebServer } from "../../src/repository/testing/web-server.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";

/** A folder of its own that each test is in. */
let here: string;
let before: string;
let server: WebServer | undefined;

beforeEach(() => {
  before = process.cwd();
  here = mkdtempSync(join(tmpdir(), "kplan-packages-"));
  process.chdir(here);
});

afterEach(async () => {
  process.chdir(before);
  await server?.close();
  server = undefined;
});

const kplan = (...argv: string[]): Promise<CliResult> => cli(argv, { home: here });

async function done(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await kplan(...argv);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

/** What a refused command says. */
async function refused(...argv: string[]): Promise<string> {
  const { code, stderr } = await kplan(...argv);
  expect(code).toBe(2);
  return stderr;
}

test.each([["native"], ["kudo"]])(
  "a new %s package verifies, is packed and listed",
  async (dialect) => {
    const options = dialect === "kudo" ? ["--kudo"] : [];
    await done("package", "new", "shop", ...options);
    expect(await done("package", "verify", "./shop")).toBe("./shop is valid\n");
    expect(await refused("package", "new", "shop")).toContain("./shop is there already");
    await done("package", "new", "shop", "-w", ...options);
    const said = await done("package", "create", "shop");
    expect(said).toBe(`Package created: ${join(process.cwd(), "shop-0.1.0_0.1.0.tgz")}\n`);
    expect(await done("package", "verify", "shop-0.1.0_0.1.0.tgz")).toContain("is valid");
    expect(await done("package", "list", "parameters")).toBe(
      dialect === "kudo"
        ? "NAME       TYPE     DEFAULT   REQUIRED   IMMUTABLE   TRIGGER\nGREETING   string   Hello     true       false       deploy\n"
        : "NAME       TYPE     DEFAULT   REQUIRED   IMMUTABLE   TRIGGER\nGREETING   string   Hello     true       false       deploy\n",
    );
    expect(await done("package", "list", "tasks", "./shop")).toBe(
      "NAME     KIND    USES\nconfig   Apply   config.yaml\n",
    );
    expect(await done("package", "list", "plans", "./shop", "-t")).toBe(
      "└── plan deploy (serial)\n    └── phase main (serial)\n        └── step config\n            └── config (Apply)\n                └── config.yaml\n",
    );
  },
);

test("a new package says what is answered, and a version that is none is refused", async () => {
  const stdin = "1.2.3\n\nSells things\n\nAnn\nann@example.org\n";
  const { code, stderr } = await cli(["package", "new", "shop", "-i"], { home: here, stdin });
  expect(code).toBe(0);
  expect(stderr).toContain("Version of the operator (0.1.0): ");
  expect(readFileSync("shop/operator.yaml", "utf8")).toContain(`name: shop
description: Sells things
operatorVersion: 1.2.3
appVersion: 0.1.0
kubernetesVersion: 1.20.0
maintainers:
- email: ann@example.org
  name: Ann
`);
  const wrong = await cli(["package", "new", "other", "-i"], { home: here, stdin: "one" });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("operatorVersion")]);
  expect(readdirSync(here)).toEqual(["shop"]);
});

test.each([["Shop"], ["../x"], ["a/b"], ["-x"], ["x".repeat(41)]])(
  "no package is called %s",
  async (name) => {
    expect(await refused("package", "new", "--", name)).toContain("is no name of an operator");
    expect(readdirSync(here)).toEqual([]);
  },
);

test("an archive is the same whatever way its folder is named, and holds the same package", async () => {
  await done("package", "new", "shop");
  mkdirSync("out");
  const digests = new Set<string>();
  for (const name of ["shop", "./shop", "shop/", join(here, "shop"), "out/../shop"]) {
    const text = await done("package", "create", name, "-d", "out", "-w", "-o", "json");
    digests.add(JSON.parse(text).digest);
  }
  process.chdir("shop");
  digests.add(
    JSON.parse(await done("package", "create", ".", "-d", "../out", "-w", "-o", "json")).digest,
  );
  expect(digests.size).toBe(1);
  const bytes = readFileSync("../out/shop-0.1.0_0.1.0.tgz");
  const files = await unpackArchive(bytes, "x");
  expect([...files.keys()]).toEqual(["operator.yaml", "params.yaml", "templates/config.yaml"]);
  expect(digestOf(files)).toMatch(/^[0-9a-f]{64}$/);
});

test("what is not valid is not packed, and nothing is written over", async () => {
  const folder = packageFolder({ "templates/config.yaml": null });
  const broken = await kplan("package", "create", folder);
  expect(broken.code).toBe(2);
  expect(broken.stderr).toContain("no archive was written");
  await done("package", "new", "shop");
  await done("package", "create", "shop");
  expect(await refused("package", "create", "shop")).toContain("is there already");
  expect(await refused("package", "create", "shop", "-d", "nowhere")).toContain("no folder");
  expect(await refused("package", "create", "nope")).toContain("there is no folder nope");
  expect(readdirSync(here).sort()).toEqual(["shop", "shop-0.1.0_0.1.0.tgz"]);
});

test("a folder of archives becomes a repository that packages are found in", async () => {
  await done("package", "new", "shop", "--kudo");
  mkdirSync("v1");
  await done("package", "create", "shop", "-d", "v1");
  writeFileSync("v1/broken.tgz", "no archive");
  const indexed = await kplan("repo", "index", "v1");
  expect(indexed.stdout).toBe(`index ${join(process.cwd(), "v1/index.yaml")} created.\n`);
  expect(indexed.stderr).toMatch(/warning: v1\/broken.tgz is left out: .*not a gzip file/);
  expect(await refused("repo", "index", "v1")).toContain("is there already");

  await done("repo", "add", "ours", pathToFileURL(join(here, "v1")).href);
  expect(await done("repo", "search")).toBe(
    "NAME   OPERATOR-VERSION   APP-VERSION   DESCRIPTION\nshop   0.1.0              0.1.0\n",
  );
  expect(await done("package", "list", "tasks", "shop", "--repo", "ours")).toContain("config.yaml");
  expect(await refused("package", "list", "tasks", "shopp", "--repo", "ours")).toContain(
    "repository ours has no package shopp",
  );
  expect(await done("repo", "list", "-o", "json")).toContain('"context": "ours"');
});

test("repositories are written down as KUDO does, looked at first, chosen and forgotten", async () => {
  server = await startWebServer({ "/v1/index.yaml": "apiVersion: v1\nentries: {}\n" });
  const url = `${server.url}/v1/`;
  expect((await kplan("repo", "list")).stderr).toContain("no repository is written down");
  expect(await done("repo", "add", "ours", url)).toBe(
    '"ours" has been added to your repositories\n',
  );
  expect(await refused("repo", "add", "ours", url)).toContain('there is a repository "ours"');
  expect(await refused("repo", "add", "bad", "nonsense")).toContain("is no address");
  const unreachable = await kplan("repo", "add", "other", `${server.url}/v2`);
  expect(unreachable.code).toBe(1);
  expect(unreachable.stderr).toContain("the server answered 404");
  await done("repo", "add", "other", `${server.url}/v2`, "-f");
  expect(await done("repo", "list")).toContain("*ours");
  await done("repo", "context", "other");
  const file = readFileSync(join(here, ".kudo/repository/repositories.yaml"), "utf8");
  expect(file).toBe(`context: other
repoVersion: v1
repositories:
- name: ours
  url: ${url}
- name: other
  url: ${server.url}/v2
`);
  expect(await refused("repo", "context", "otherr")).toContain('did you mean "other"');
  expect(await refused("repo", "remove", "ours", "nope")).toContain('no repository "nope"');
  expect((await kplan("repo", "rm", "other")).stderr).toContain("repository ours is asked");
  expect(await done("repo", "list")).toBe(`NAME    URL\n*ours   ${url}\n`);
  await done("repo", "rm", "ours");
  expect((await kplan("repo", "list")).stderr).toContain("no repository is written down");
});

test("an index is merged with a repository's; what lies in the folder wins", async () => {
  await done("package", "new", "shop", "--kudo");
  mkdirSync("v1");
  await done("package", "create", "shop", "-d", "v1");
  server = await startWebServer({
    "/index.yaml": `apiVersion: v1
entries:
  shop:
  - {name: shop, appVersion: 0.1.0, operatorVersion: 0.1.0, urls: [old.tgz]}
  - {name: shop, appVersion: 0.2.0, operatorVersion: 0.1.0, urls: [new.tgz]}
  zk: [{name: zk, operatorVersion: 1.0.0, urls: ["https://example.org/zk.tgz"]}]
`,
  });
  await done("repo", "add", "ours", server.url);
  expect(await refused("repo", "index", "v1", "--merge", "x", "--merge-repo", "ours")).toContain(
    "--merge and --merge-repo",
  );
  await done("repo", "index", "v1", "--url-repo", "ours", "--merge-repo", "ours");
  const index = readFileSync("v1/index.yaml", "utf8");
  expect(index.replace(/generated: .*/, "generated: now").replace(/digest: .*/, "digest: it")).toBe(
    `apiVersion: v1
entries:
  shop:
  - appVersion: 0.2.0
    name: shop
    operatorVersion: 0.1.0
    urls:
    - new.tgz
  - appVersion: 0.1.0
    digest: it
    name: shop
    operatorVersion: 0.1.0
    urls:
    - ${server.url}/shop-0.1.0_0.1.0.tgz
  zk:
  - name: zk
    operatorVersion: 1.0.0
    urls:
    - https://example.org/zk.tgz
generated: now
`,
  );
  // The same again, from the repository's address.
  await done(
    "repo",
    "index",
    "v1",
    "--url",
    server.url,
    "--merge",
    `${server.url}/index.yaml`,
    "-w",
  );
  expect(readFileSync("v1/index.yaml", "utf8").replace(/generated: .*/, "")).toBe(
    index.replace(/generated: .*/, ""),
  );
});

test("what is gone says what to do instead", async () => {
  expect(await refused("package", "add", "parameter")).toContain(
    "under parameters: in params.yaml",
  );
  expect(await refused("package", "add", "-i")).toContain("`package add` is gone");
});

test("no package named: the one that is here, or a word about which", async () => {
  expect(await refused("package", "list", "plans")).toContain("there is none here");
  await done("package", "new", "a");
  expect(await done("package", "list", "plans")).toContain("plan deploy");
  await done("package", "new", "b");
  expect(await refused("package", "list", "plans")).toContain("there are ./a, ./b");
  process.chdir("a");
  expect(await done("package", "list", "parameters", "--names")).toBe("GREETING\n");
  expect(await done("package", "list", "parameters", "--names", "-r")).toBe("");
});
