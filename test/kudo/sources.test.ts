import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { packArchive } from "../../src/package/files/archive.ts";
import { smallPackage } from "../../src/repository/testing/small-package.ts";
import { startWebServer, type WebServer } from "../../src/repository/testing/web-server.ts";
import { type Api, openApi } from "../support/api.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { leaveAsKudo } from "../support/kudos-hand.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";

// Where packages come from (compat sections 1.7 to 1.9): a repository, an address, an archive with what it needs, the cluster.

let server: InProcessTarget;
let web: WebServer;
let api: Api;
let home: string;
let count = 0;
let namespace = "";

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  api = openApi(server.kubeconfig());
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  // A repository as its own commands make it.
  const folder = join(home, "v1");
  mkdirSync(folder);
  for (const [operator, app] of [
    ["0.1.0", "1.0.0"],
    ["0.2.0", "1.0.0"],
    ["0.3.0", undefined],
  ] as const)
    writeFileSync(
      join(folder, `zk-${app ?? ""}${operator}.tgz`),
      await packArchive(smallPackage("zk", operator, app)),
    );
  writeFileSync(join(folder, "family.tgz"), await packArchive(family()));
  web = await startWebServer(
    Object.fromEntries(
      ["index.yaml", "family.tgz", "zk-0.3.0.tgz", "zk-1.0.00.1.0.tgz", "zk-1.0.00.2.0.tgz"].map(
        (name) => [
          `/v1/${name}`,
          async (_request, response) => response.end(await readFile(join(folder, name))),
        ],
      ),
    ),
  );
  await succeed(`repo index ${folder} --url ${web.url}/v1`);
  await succeed(`repo add ours ${web.url}/v1`);
  await succeed("init");
});
beforeEach(async () => {
  namespace = `sources-${++count}`;
  const metadata = { name: namespace };
  await api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
});
afterAll(async () => {
  api.close();
  await web.close();
  await server.close();
});

/** A parent with its child in one archive; the child needs one of the repository. */
function family(): Map<string, Uint8Array> {
  const needing = (name: string, other: string) => {
    const files = smallPackage(name, "1.0.0");
    const text = new TextDecoder().decode(files.get("operator.yaml"));
    const more = text.replace(
      "tasks:\n",
      `tasks:\n  - {name: other, kind: KudoOperator, spec: {package: "${other}"}}\n`,
    );
    const plan = more.replace("tasks: [main]", "tasks: [other, main]");
    return files.set("operator.yaml", new TextEncoder().encode(plan));
  };
  const child = [...needing("child", "zk")].map(
    ([path, content]) => [`parts/child/${path}`, content] as const,
  );
  return new Map([...needing("parent", "./parts/child"), ...child]);
}

test.each([
  ["zk", "zk-1.0.0-0.2.0"],
  ["zk --operator-version 0.3.0", "zk-0.3.0"],
  ["zk --app-version 1.0.0 --operator-version 0.1.0", "zk-1.0.0-0.1.0"],
  ["$WEB/v1/zk-0.3.0.tgz", "zk-0.3.0"],
])("install %s makes an instance of %s", async (words, version) => {
  await succeed(`install ${words}`);
  expect(await versionOf("zk-instance")).toBe(version);
});

test("an instance is upgraded from the repository", async () => {
  await succeed("install zk --operator-version 0.1.0");
  await succeed("upgrade zk --repo ours");
  expect(await versionOf("zk-instance")).toBe("zk-1.0.0-0.2.0");
  expect((await kplan("upgrade zk --repo their")).stderr).toContain('no repository "their"');
});

test("an archive brings what it needs, and a repository the rest; uninstall takes all away", async () => {
  await succeed(`install ${web.url}/v1/family.tgz`);
  expect(await names("operatorversions")).toEqual([
    "child-1.0.0",
    "parent-1.0.0",
    "zk-1.0.0-0.2.0",
  ]);
  const instances = await names("instances");
  expect(instances).toHaveLength(3);
  // What is there is not looked for again: the address could be gone.
  await succeed("plan trigger deploy --instance parent-instance");
  await succeed("uninstall --instance parent-instance");
  expect(await names("instances")).toEqual([]);
});

test("--skip-instance keeps the package and what it needs, and no instance; --in-cluster makes one", async () => {
  const preview = await kplan(`install ${web.url}/v1/family.tgz --skip-instance --dry-run`);
  expect([preview.code, preview.stdout]).toEqual([
    10,
    "OperatorVersion zk-1.0.0-0.2.0 would be created\nOperatorVersion child-1.0.0 would be created\nOperatorVersion parent-1.0.0 would be created\n",
  ]);
  expect(await names("operatorversions")).toEqual([]);
  const { stdout } = await succeed(`install ${web.url}/v1/family.tgz --skip-instance`);
  expect(stdout).toBe(preview.stdout.replaceAll("would be created", "created"));
  expect(await names("instances")).toEqual([]);
  expect(await names("operators")).toEqual(["child", "parent", "zk"]);
  const again = await succeed(`install ${web.url}/v1/family.tgz --skip-instance -o json`);
  expect(JSON.parse(again.stdout).versions).toMatchObject([
    { change: "present" },
    { change: "present" },
    { operator: "parent", operatorVersion: "parent-1.0.0", change: "present" },
  ]);

  await succeed("install parent --in-cluster");
  expect(await versionOf("parent-instance")).toBe("parent-1.0.0");
  await succeed("install zk --in-cluster --instance other");
  expect(await versionOf("other")).toBe("zk-1.0.0-0.2.0");
});

test("--in-cluster takes the best of what the namespace has, and says what that is", async () => {
  await succeed("install zk --skip-instance --operator-version 0.3.0");
  await succeed("install zk --skip-instance --operator-version 0.1.0");
  await succeed("install zk --in-cluster --instance best");
  expect(await versionOf("best")).toBe("zk-1.0.0-0.1.0");
  await succeed("install zk --in-cluster --instance third --operator-version 0.3.0");
  expect(await versionOf("third")).toBe("zk-0.3.0");
  const { code, stderr } = await kplan("install zk --in-cluster --operator-version 9.0.0");
  expect([code, stderr]).toEqual([2, expect.stringContaining("it has zk-1.0.0-0.1.0, zk-0.3.0")]);
  expect((await kplan("install zkk --in-cluster")).stderr).toContain('did you mean "zk"');
  for (const other of ["--repo ours", "--skip-instance"])
    expect(await kplan(`install zk --in-cluster ${other}`)).toMatchObject({ code: 2 });
});

test("--in-cluster makes an instance of what KUDO left, which has no package in the cluster", async () => {
  await leaveAsKudo(api, {
    namespace,
    name: "old",
    files: texts(smallPackage("zk", "0.1.0", "3.4.0")),
  });
  await succeed("install zk --in-cluster --instance new");
  expect(await versionOf("new")).toBe("zk-3.4.0-0.1.0");
  // From then on the package is kept, and what KUDO says of it is as it was.
  await succeed("plan trigger deploy --instance new");
  expect(await names("operatorversions")).toEqual(["zk-3.4.0-0.1.0"]);
});

test("the package that KUDO installed is taken for the same; another of that version is not", async () => {
  const files = smallPackage("zk", "0.1.0", "3.4.0");
  await leaveAsKudo(api, { namespace, name: "old", files: texts(files) });
  await succeed(`install ${packageFolder(texts(files))} --instance new`);
  // Also what was made of KUDO's objects is the same as the package that they were made of.
  await succeed("install zk --in-cluster --instance third");
  const changed = { ...texts(files), "README.md": "for people" };
  await succeed(`install ${packageFolder(changed)} --instance fourth`);
  const other = { ...changed, "templates/config.yaml": "kind: ConfigMap\n" };
  const { code, stderr } = await kplan(`install ${packageFolder(other)} --instance fifth`);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("already there with another content"),
  ]);
});

test("a native package comes from an archive of package create as well", async () => {
  const folder = packageFolder();
  await succeed(`package create ${folder} -d ${home}`);
  await succeed(`install ${home}/demo-0.1.0.tgz`);
  expect(await versionOf("demo-instance")).toBe("demo-0.1.0");
});

function texts(files: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  const decoder = new TextDecoder();
  return Object.fromEntries([...files].map(([path, content]) => [path, decoder.decode(content)]));
}

async function kplan(line: string): Promise<CliResult> {
  const argv = line.replaceAll("$WEB", web.url).split(" ");
  const where = namespace === "" ? [] : ["-n", namespace];
  return await cli([...argv, ...where, "--kubeconfig", join(home, "kubeconfig")], { home });
}

async function succeed(line: string): Promise<CliResult> {
  const result = await kplan(line);
  expect({ line, ...result }).toMatchObject({ line, code: 0 });
  return result;
}

async function versionOf(instance: string): Promise<string> {
  const path = `/apis/kudo.dev/v1beta1/namespaces/${namespace}/instances/${instance}`;
  const object = (await api.get(path)).body as { spec: { operatorVersion: { name: string } } };
  return object.spec.operatorVersion.name;
}

async function names(plural: string): Promise<string[]> {
  const path = `/apis/kudo.dev/v1beta1/namespaces/${namespace}/${plural}`;
  const { items } = (await api.get(path)).body as { items: { metadata: { name: string } }[] };
  return items.map(({ metadata }) => metadata.name).sort();
}
