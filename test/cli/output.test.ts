import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { DEMO } from "./story-packages.ts";

let server: EmbeddedServer;
let home: string;
let source: string;

beforeAll(async () => {
  server = await startServer({ speed: 1000 });
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  source = packageFolder(DEMO);
});
afterAll(() => server.close());

test("-o json: each line is an event, the last the summary, all marked as simulated", async () => {
  const { stdout, code } = await kplan(["install", source, "--instance", "events", "-o", "json"]);
  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ simulated }) => simulated !== true)).toEqual([]);
  const types = lines.map(({ type }) => type);
  expect(types.at(-1)).toBe("summary");
  expect(types.at(-2)).toBe("run-finished");
  for (const type of ["run-started", "check-finished", "status", "task-started", "object-written"])
    expect(types).toContain(type);
  const times = lines.slice(0, -1).map(({ at }) => Date.parse(at));
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test.each<[string, string[]]>([
  ["plan status", ["plan", "status", "--instance", "events"]],
  ["uninstall --dry-run", ["uninstall", "--instance", "events", "--dry-run"]],
  ["update --dry-run", ["update", "--instance", "events", "-p", "COUNT=9", "--dry-run"]],
])("-o json of %s says that it is simulated", async (_name, argv) => {
  const { stdout } = await kplan([...argv, "-o", "json"]);
  const last = argv[0] === "plan" ? stdout : (stdout.trimEnd().split("\n").at(-1) ?? "");
  expect(JSON.parse(last)).toMatchObject({ simulated: true });
});

const SECRET = "hunter2xyz";

test("a secret is in its Secret and nowhere else", async () => {
  writeFileSync(join(home, "password"), SECRET);
  const file = join(home, "values.yaml");
  writeFileSync(file, `PASSWORD: ${SECRET}-file\n`);
  const at = ["--instance", "hidden"];
  const said = [
    await kplan(["install", source, ...at, "-p", `PASSWORD=${SECRET}`, "-v", "-v"]),
    await kplan(["update", ...at, "-p", `PASSWORD=@${join(home, "password")}`, "-o", "json"]),
    await kplan(["update", ...at, "-p", "PASSWORD=-", "-v", "-v", "-o", "yaml"], `${SECRET}-stdin`),
    await kplan(["update", ...at, "-P", file, "--dry-run"]),
    await kplan(["update", ...at, "-P", file]),
    await kplan(["install", source, ...at, "-p", `PASSWORD=${SECRET}`]),
    await kplan(["update", ...at, "-p", `PASWORD=${SECRET}`]),
    await kplan(["update", ...at, "-p", `PASSWORD=${SECRET}`, "--unset", "PASSWORD"]),
    await kplan(["plan", "status", ...at, "-o", "json"]),
    await kplan(["plan", "history", ...at, "-o", "json"]),
    await kplan(["get", "instances", "-o", "yaml"]),
    await kplan(["get", "operatorversions", "-o", "yaml"]),
    await kplan(["package", "render", source, "-p", `PASSWORD=${SECRET}`]),
  ];
  expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 10, 0, 2, 2, 2, 0, 0, 0, 0, 0]);
  for (const { stdout, stderr } of said) expect(stdout + stderr).not.toContain(SECRET);

  const encoded = Buffer.from(SECRET).toString("base64").slice(0, 12);
  const holders = everything()
    .filter((text) => text.includes(SECRET) || text.includes(encoded))
    .map((text) => JSON.parse(text))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(holders).toEqual(["Secret hidden-secrets"]);
});

test("without a terminal there is not one escape sequence", async () => {
  const { stdout, stderr } = await kplan(["plan", "trigger", "broken", "--instance", "events"]);
  expect(stdout + stderr).toContain("FATAL_ERROR");
  expect(stdout + stderr).not.toContain("\u001B");
});

function kplan(argv: readonly string[], stdin = ""): Promise<CliResult> {
  return cli(argv, { home, env: { KUBECONFIG: join(home, "kubeconfig") }, stdin });
}

/** All that the cluster holds, each object as JSON. */
function everything(): readonly string[] {
  const { store } = server;
  return store.keys().flatMap((key) => store.list(key).map((object) => JSON.stringify(object)));
}
