import { chmodSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import { cli } from "../support/cli.ts";
import { GOOD_PACKAGE, packageFolder } from "../support/package-folder.ts";

// Every row is one thing that people get wrong, the place and the words they are told, and nothing is applied.

let server: EmbeddedServer;
let home: string;
let kubeconfig: string;
let good: string;

beforeAll(async () => {
  server = await startServer({});
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  kubeconfig = join(home, "kubeconfig.yaml");
  writeFileSync(kubeconfig, server.kubeconfig());
  good = packageFolder();
});

afterAll(() => server.close());

/** A bad package: the changed files, and a part of what is said. */
const PACKAGES: Readonly<Record<string, readonly [Record<string, string | null>, RegExp]>> = {
  "operator.yaml is missing": [{ "operator.yaml": null }, /operator\.yaml/],
  "params.yaml is missing": [{ "params.yaml": null }, /params\.yaml/],
  "operator.yaml is empty": [{ "operator.yaml": "" }, /operator\.yaml:1:1/],
  "operator.yaml is no YAML": [
    { "operator.yaml": "name: [demo\nplans: {" },
    /operator\.yaml:\d+:\d+/,
  ],
  "operator.yaml is a list": [
    { "operator.yaml": "- a\n- b\n" },
    /operator\.yaml:1:1.*(map|object)/,
  ],
  "operator.yaml is binary": [{ "operator.yaml": "\u0000\u0001\u0002" }, /operator\.yaml/],
  "a tab indents": [{ "operator.yaml": "name: demo\nplans:\n\tdeploy: {}\n" }, /operator\.yaml:3/],
  "a key stands twice": [
    operator("name: demo", "name: demo\nname: other"),
    /operator\.yaml:3:1.*name/,
  ],
  "an alias bomb": [
    {
      "operator.yaml": `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghij"
        .split("")
        .map((letter, i) => `${letter}: &${letter} [${`*${"abcdefghi"[i]},`.repeat(9)}]`)
        .join("\n")}\n`,
    },
    /operator\.yaml/,
  ],
  "YAML nested without end": [{ "operator.yaml": "[".repeat(20_000) }, /operator\.yaml/],
  "another apiVersion": [
    operator("kplan.dev/v1", "kplan.dev/v9"),
    /operator\.yaml:1:\d+.*kplan\.dev\/v1/,
  ],
  "no name": [operator("name: demo\n", ""), /operator\.yaml.*name/],
  "a name that Kubernetes refuses": [
    operator("name: demo", "name: My_Demo"),
    /operator\.yaml:2:7.*name/,
  ],
  "no operatorVersion": [operator("operatorVersion: 0.1.0\n", ""), /operatorVersion/],
  "an operatorVersion that is none": [
    operator("operatorVersion: 0.1.0", "operatorVersion: newest"),
    /operator\.yaml:3:18/,
  ],
  "a misspelled key": [
    operator("operatorVersion", "operatorVerison"),
    /operatorVerison.*operatorVersion/s,
  ],
  "a misspelled key deep inside": [
    operator("            tasks: [config]", "            taks: [config]"),
    /operator\.yaml:15:13.*taks.*tasks/,
  ],
  "a misspelled strategy": [
    operator("  deploy:\n", "  deploy:\n    strategy: serail\n"),
    /operator\.yaml:11:15.*serail.*serial/,
  ],
  "a task of no known kind": [
    operator("kind: Apply", "kind: Aply"),
    /operator\.yaml:6:11.*Aply.*Apply/,
  ],
  "a task of another task's fields": [
    operator("resources: [config.yaml]", "done: true"),
    /operator\.yaml:8:7.*(done|resources)/,
  ],
  "a step names a task that is not there": [
    operator("tasks: [config]", "tasks: [confg]"),
    /operator\.yaml:15:\d+.*confg.*config/,
  ],
  "two tasks of one name": [
    operator("plans:", "  - {name: config, kind: Dummy, spec: {done: true}}\nplans:"),
    /operator\.yaml:9:\d+.*config/,
  ],
  "two steps of one name": [
    {
      "operator.yaml": `${GOOD_PACKAGE["operator.yaml"]}          - name: config\n            tasks: [config]\n`,
    },
    /operator\.yaml:16:\d+.*config/,
  ],
  "no deploy plan": [operator("  deploy:", "  start:"), /deploy/],
  "no plans at all": [
    { "operator.yaml": GOOD_PACKAGE["operator.yaml"]?.split("plans:")[0] ?? "" },
    /operator\.yaml.*plans/,
  ],
  "plans is a list": [operator("  deploy:\n", "  - deploy:\n"), /operator\.yaml:1\d:/],
  "a resource that is not there": [
    operator("resources: [config.yaml]", "resources: [confg.yaml]"),
    /operator\.yaml:8:\d+.*confg\.yaml.*config\.yaml/,
  ],
  "a timeout that is none": [
    operator(
      "            tasks: [config]",
      "            tasks: [config]\n            timeout: soon",
    ),
    /operator\.yaml:16:\d+.*timeout/,
  ],
  "a kplanVersion from the future": [
    operator("name: demo", 'name: demo\nkplanVersion: ">=99"'),
    /99/,
  ],
  "a kubernetesVersion from the future": [
    operator("name: demo", 'name: demo\nkubernetesVersion: "1.99"'),
    /1\.99/,
  ],
  "a parameter of no known type": [
    params("type: integer", "type: intger"),
    /params\.yaml:4:11.*intger.*integer/,
  ],
  "a default of another type": [params("default: 3", "default: three"), /params\.yaml:5:14.*COUNT/],
  "a default outside its enum": [
    params("default: red", "default: blue"),
    /params\.yaml:9:14.*blue/,
  ],
  "an empty enum": [params("enum: [red, green]", "enum: []"), /params\.yaml:10:\d+.*enum/],
  "two parameters of one name": [params("name: COLOR", "name: COUNT"), /params\.yaml:7:\d+.*COUNT/],
  "a trigger without its plan": [
    params("trigger: deploy", "trigger: deplyo"),
    /params\.yaml:6:14.*deplyo.*deploy/,
  ],
  "a secret with a default": [
    params("type: secret", "type: secret\n    default: hunter2"),
    /params\.yaml:\d+:\d+.*(default|secret)/,
  ],
  "a required parameter without value": [params("default: 3", "required: true"), /COUNT/],
  "a parameter that a template uses and nobody declares": [
    template("{{Params.COLOR}}", "{{Params.COLOUR}}"),
    /templates\/config\.yaml:7:\d+.*COLOUR.*COLOR/,
  ],
  "a built-in that is none": [
    template("{{Name}}", "{{Nmae}}"),
    /templates\/config\.yaml:4:\d+.*Nmae.*Name/,
  ],
  "an undeclared name in a helper's argument": [
    template("{{quote Params.COUNT}}", "{{quote Params.CONT}}"),
    /templates\/config\.yaml:6:\d+.*CONT.*COUNT/,
  ],
  "an undeclared name in #if": [
    template("\ndata:", "\n{{#if Params.FLAGG}}\n{{/if}}\ndata:"),
    /templates\/config\.yaml:5:\d+.*FLAGG.*FLAG/,
  ],
  "an undeclared name in #each": [
    template("\ndata:", "\n{{#each Params.PORT}}\n{{/each}}\ndata:"),
    /templates\/config\.yaml:5:\d+.*PORT/,
  ],
  "a function that is none": [
    template("quote Params.COUNT", "qoute Params.COUNT"),
    /templates\/config\.yaml:6:\d+.*qoute.*quote/,
  ],
  "a function that reads files": [
    template("quote Params.COUNT", 'readFile "/etc/passwd"'),
    /templates\/config\.yaml:6:\d+.*readFile/,
  ],
  "a function that reads the environment": [
    template("quote Params.COUNT", 'env "HOME"'),
    /templates\/config\.yaml:6:\d+.*env/,
  ],
  "an unclosed block": [
    template("\ndata:", "\n{{#if Params.FLAG}}\ndata:"),
    /templates\/config\.yaml:\d+:\d+/,
  ],
  "an unclosed tag": [template("{{Name}}", "{{Name"), /templates\/config\.yaml:\d+:\d+/],
  "the prototype through a path": [
    template("quote Params.COUNT", "quote Params.constructor"),
    /templates\/config\.yaml:6:\d+/,
  ],
  "the prototype through lookup": [
    template("quote Params.COUNT", 'quote (lookup Params "__proto__")'),
    /templates\/config\.yaml/,
  ],
  "the prototype through a parameter's name": [
    params("name: LIMITS", "name: __proto__"),
    /params\.yaml:\d+:\d+/,
  ],
  "a loop without end": [
    template("data:", "data:\n{{#each (until 100000000)}}\n  k{{this}}: v\n{{/each}}"),
    /templates\/config\.yaml/,
  ],
  "loops in loops": [
    template(
      "data:",
      "data:\n{{#each (until 9000)}}{{#each (until 9000)}}{{#each (until 9000)}}x{{/each}}{{/each}}{{/each}}",
    ),
    /templates\/config\.yaml/,
  ],
  "an output without end": [
    template("quote Params.COUNT", 'quote (repeat 2000000000 "x")'),
    /templates\/config\.yaml/,
  ],
  "a partial that calls itself": [
    template("data:", '{{#*inline "a"}}{{> a}}{{/inline}}{{> a}}\ndata:'),
    /templates\/config\.yaml/,
  ],
  "a template that renders no Kubernetes object": [
    { "templates/config.yaml": "just: text\n" },
    /templates\/config\.yaml/,
  ],
  "a template that renders no YAML": [
    { "templates/config.yaml": "apiVersion: v1\nkind: [ConfigMap\n" },
    /templates\/config\.yaml/,
  ],
  "an object without a name": [
    template("  name: {{Name}}-config", "  labels: {}"),
    /templates\/config\.yaml.*name/,
  ],
  "an object whose name Kubernetes refuses": [
    template("{{Name}}-config", "Upper_Case"),
    /templates\/config\.yaml.*Upper_Case/,
  ],
  "two templates that render one object": [
    {
      "templates/again.yaml": GOOD_PACKAGE["templates/config.yaml"] ?? "",
      ...operator("resources: [config.yaml]", "resources: [config.yaml, again.yaml]"),
    },
    /again\.yaml.*config|config.*again\.yaml/s,
  ],
  "a field that the kind does not have": [
    template("\ndata:", "\ndatta: {a: b}\ndata:"),
    /ConfigMap demo-instance-config.*datta/,
  ],
  "a condition that does not parse": [
    step("when: Params.COUNT >"),
    /operator\.yaml:16:\d+.*the end/,
  ],
  "a condition over a parameter that nobody declares": [
    step("when: Params.CONT > 1"),
    /operator\.yaml:16:19.*CONT.*COUNT/,
  ],
  "a condition over what is no name": [step("when: Param.COUNT > 1"), /16:19.*Param.*Params/],
  "a condition that is a number": [step("when: 1 + 2"), /16:19.*int/],
  "a condition that is a list": [step("when: [true]"), /operator\.yaml:16:19.*expression/],
  "a condition over the prototype": [
    step("when: Params.constructor.name == 'x'"),
    /operator\.yaml:16:19.*constructor/,
  ],
  "a condition without end": [
    step(`when: ${"(".repeat(500)}`),
    /operator\.yaml:16:.*too long|nested/,
  ],
  "a condition over the fact of no task": [
    step("when: Facts.look.ok"),
    /operator\.yaml:16:19.*look.*Exec/,
  ],
  "a fact that is read before it is found out": [
    {
      "operator.yaml": `${operatorWith(exec("pods: app=demo, command: [look]"))}            when: Facts.look.ok\n          - name: late\n            tasks: [look]\n`,
    },
    /operator\.yaml:\d+:19.*Facts\.look.*before/,
  ],
  "a command in pods and in one pod": [
    { "operator.yaml": operatorWith(exec("pods: app=demo, pod: demo-0, command: [look]")) },
    /operator\.yaml:11:.*either pods or pod/,
  ],
  "a command nowhere": [
    { "operator.yaml": operatorWith(exec("command: [look]")) },
    /operator\.yaml:11:.*pods.*pod/,
  ],
  "a command with an undeclared name": [
    { "operator.yaml": operatorWith(exec('pod: demo-0, command: ["{{Params.CONT}}"]')) },
    /operator\.yaml:11:\d+.*CONT.*COUNT/,
  ],
  "a record that is misspelled": [
    { "operator.yaml": operatorWith(exec("pod: a, command: [b], record: {nmae: c}")) },
    /operator\.yaml:11:\d+.*nmae.*name/,
  ],
  "a requirement without its id": [
    step("require: [{expression: true, message: No}]"),
    /operator\.yaml:16:23.*id/,
  ],
  "two requirements of one id": [
    step(
      "require: [{id: a, expression: true, message: No}, {id: a, expression: false, message: No}]",
    ),
    /operator\.yaml:16:\d+.*another requirement "a"/,
  ],
  "a gate that asks nothing": [step("gate: {expect: [{any: true}]}"), /operator\.yaml:16:19.*exec/],
  "a statement without its client": [
    step("gate: {sql: SELECT 1, expect: [{any: true}]}"),
    /operator\.yaml:16:19.*client/,
  ],
  "an expectation that is misspelled": [
    step("gate: {exec: [a], expect: [{al: true}]}"),
    /operator\.yaml:16:41.*al.*all/,
  ],
  "a gate without pods": [
    step("gate: {exec: [a], expect: [{any: true}]}"),
    /operator\.yaml:16:19.*which pods/,
  ],
  "a rollout without a StatefulSet": [step("rollout: {}"), /operator\.yaml:16:22.*StatefulSet/],
  "a meter that is not there": [step("meter: true"), /operator\.yaml:16:20.*meter/],
  "a meter whose pod is not there": [
    step("meter: {pod: metre.yaml}"),
    /operator\.yaml:16:26.*metre\.yaml/,
  ],
  "an onImmutable that is none": [step("onImmutable: recraete"), /16:26.*recraete.*recreate/],
  "answers of simulated pods that are misspelled": [
    { "tests/simulate.yaml": "exec:\n  - {comand: x, stdout: y}\n" },
    /tests\/simulate\.yaml:2:6.*comand.*command/,
  ],
  "a KUDO package": [operator("kplan.dev/v1", "kudo.dev/v1beta1"), /kudo\.dev\/v1beta1/],
};

/** Command lines on the good package, what they answer, and with which code. `$PKG` is its folder. */
const COMMANDS: Readonly<Record<string, readonly [readonly string[], number, RegExp]>> = {
  "an unknown command": [["instal", "$PKG"], 2, /instal.*install/s],
  "an unknown flag": [["install", "$PKG", "--instnace", "x"], 2, /--instnace.*--instance/s],
  "no package": [["install"], 2, /package/],
  "a folder that is not there": [["install", "./no-such-folder"], 2, /no-such-folder/],
  "an unknown parameter": [["install", "$PKG", "-p", "COUTN=5"], 2, /COUTN.*COUNT/s],
  "an integer that is none": [["install", "$PKG", "-p", "COUNT=five"], 2, /COUNT.*integer/s],
  "an integer with a fraction": [["install", "$PKG", "-p", "COUNT=1.5"], 2, /COUNT.*integer/s],
  "an integer too large": [["install", "$PKG", "-p", "COUNT=99999999999999999999"], 2, /COUNT/],
  "a boolean that is none": [["install", "$PKG", "-p", "FLAG=maybe"], 2, /FLAG.*(true|boolean)/s],
  "a number that is none": [["install", "$PKG", "-p", "RATIO=half"], 2, /RATIO.*number/s],
  "an array that is a map": [["install", "$PKG", "-p", "PORTS={a: 1}"], 2, /PORTS.*(array|list)/s],
  "a map that is a list": [["install", "$PKG", "-p", "LIMITS=[1]"], 2, /LIMITS.*map/s],
  "a map that is no YAML": [["install", "$PKG", "-p", "LIMITS={a"], 2, /LIMITS/],
  "a value outside the enum": [["install", "$PKG", "-p", "COLOR=blue"], 2, /COLOR.*red.*green/s],
  "an assignment without =": [["install", "$PKG", "-p", "COUNT"], 2, /COUNT/],
  "an assignment without a name": [["install", "$PKG", "-p", "=5"], 2, /NAME=VALUE/],
  "a value file that is not there": [
    ["install", "$PKG", "-p", "PASSWORD=@/no/such/file"],
    2,
    /\/no\/such\/file/,
  ],
  "a parameter file that is not there": [
    ["install", "$PKG", "-P", "/no/such.yaml"],
    2,
    /\/no\/such\.yaml/,
  ],
  "several problems at once": [
    ["install", "$PKG", "-p", "COUNT=x", "-p", "COLOR=blue", "-p", "NOPE=1"],
    2,
    /COUNT.*COLOR.*NOPE|NOPE.*COUNT.*COLOR|COUNT.*NOPE.*COLOR/s,
  ],
  "an instance name that Kubernetes refuses": [
    ["install", "$PKG", "--instance", "Bad_Name"],
    2,
    /Bad_Name/,
  ],
  "a namespace that is not there": [
    ["install", "$PKG", "-n", "nowhere"],
    2,
    /nowhere.*--create-namespace/s,
  ],
  "a duration that is none": [["install", "$PKG", "--step-timeout", "soon"], 2, /soon/],
  "an output format that is none": [["plan", "status", "-o", "xml"], 2, /xml/],
  "an update of nothing": [["update", "-p", "COUNT=5"], 2, /no instance/i],
  "a status of nothing": [["plan", "status"], 2, /no instance/i],
  "a status of another": [["plan", "status", "--instance", "nobody"], 2, /nobody/],
  "a trigger of nothing": [["plan", "trigger", "deploy"], 2, /no instance/i],
  "an uninstall of nothing": [["uninstall"], 2, /no instance/i],
  "a kind that get does not know": [["get", "pods"], 2, /pods/],
  "a kubeconfig that is not there": [
    ["plan", "status", "--kubeconfig", "/no/such/kubeconfig"],
    2,
    /\/no\/such\/kubeconfig/,
  ],
  "a context that is not there": [["plan", "status", "--context", "prodd"], 2, /prodd/],
};

describe("a package", () => {
  test.each(Object.entries(PACKAGES))("%s", async (_name, [changes, said]) => {
    const result = await cli(["install", packageFolder(changes)], world());
    expect(result.stdout + result.stderr).toMatch(said);
    expect(result.code).toBe(result.stderr.includes("1.99") ? result.code : 2);
    expect([1, 2]).toContain(result.code);
    await nothingWasApplied();
  });
});

describe("a command line", () => {
  test.each(Object.entries(COMMANDS))("%s", async (_name, [argv, code, said]) => {
    const result = await cli(
      argv.map((word) => (word === "$PKG" ? good : word)),
      world(),
    );
    expect(result.stdout + result.stderr).toMatch(said);
    expect(result.code).toBe(code);
    await nothingWasApplied();
  });
});

describe("an archive", () => {
  const file = (bytes: Uint8Array): string => {
    const path = join(mkdtempSync(join(tmpdir(), "kplan-archive-")), "package.tgz");
    writeFileSync(path, bytes);
    return path;
  };
  const rows: Readonly<Record<string, () => Promise<string>>> = {
    "is no gzip": async () => file(Buffer.from("not a gzip file")),
    "is cut short": async () => file((await tgz({})).subarray(0, 100)),
    "is empty": async () => file(new Uint8Array()),
    "climbs out of its folder": async () => file(await tgz({ "../../etc/evil.yaml": "x" })),
    "has absolute paths": async () => file(await tgz({ "/etc/evil.yaml": "x" })),
    "has a link": async () =>
      file(await tgz({}, { name: "templates/link.yaml", linkname: "/etc/passwd" })),
    "unpacks without end": async () =>
      file(await tgz({ "templates/bomb.yaml": " ".repeat(64 << 20) })),
  };
  test.each(Object.entries(rows))("%s", async (_name, make) => {
    const result = await cli(["install", await make()], world());
    expect(result.stderr).toMatch(/package\.tgz/);
    expect(result.code).toBe(2);
    await nothingWasApplied();
  });

  test("a folder's link does not lead out of it", async () => {
    const folder = packageFolder({ "templates/config.yaml": null, "templates/other.yaml": "" });
    const outside = join(mkdtempSync(join(tmpdir(), "kplan-outside-")), "config.yaml");
    writeFileSync(outside, GOOD_PACKAGE["templates/config.yaml"] ?? "");
    symlinkSync(outside, join(folder, "templates/config.yaml"));
    const result = await cli(["install", folder], world());
    expect(result.stdout + result.stderr).toMatch(/config\.yaml/);
    expect(result.code).toBe(2);
    await nothingWasApplied();
  });
});

describe("a kubeconfig", () => {
  const rows: Readonly<Record<string, readonly [string, number, RegExp]>> = {
    "is empty": ["", 2, /bad-kubeconfig/],
    "is no YAML": ["clusters: [", 2, /bad-kubeconfig/],
    "names a cluster that it lacks": [
      "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: gone, user: u}}]\nusers: [{name: u, user: {token: t}}]\nclusters: []\n",
      2,
      /gone/,
    ],
    "leads to no server": [
      "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {token: t}}]\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n",
      1,
      /127\.0\.0\.1:1/,
    ],
  };
  test.each(Object.entries(rows))("%s", async (_name, [text, code, said]) => {
    const path = join(mkdtempSync(join(tmpdir(), "kplan-kube-")), "bad-kubeconfig");
    writeFileSync(path, text);
    const result = await cli(["install", good, "--request-timeout", "2s"], {
      home,
      env: { KUBECONFIG: path },
    });
    expect(result.stderr).toMatch(said);
    expect(result.code).toBe(code);
  });

  test("has a wrong token", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "kplan-kube-")), "kubeconfig");
    writeFileSync(path, server.kubeconfig().replace(server.token, "wrong"));
    const result = await cli(["install", good], { home, env: { KUBECONFIG: path } });
    expect(result.stderr).toMatch(/not accepted/);
    expect(result.code).toBe(1);
    await nothingWasApplied();
  });
});

test("a folder that may not be read", async () => {
  if (process.getuid?.() === 0) return expect(process.getuid()).toBe(0);
  const folder = packageFolder();
  chmodSync(join(folder, "operator.yaml"), 0);
  const result = await cli(["install", folder], world());
  expect(result.stderr).toMatch(/operator\.yaml/);
  return expect(result.code).toBe(2);
});

test("the package that all these were made from is right", async () => {
  const result = await cli(["package", "verify", good], world());
  expect(result.stdout).toMatch(/is valid/);
  expect(result.code).toBe(0);
});

function world() {
  return { home, env: { KUBECONFIG: kubeconfig } };
}

/** The cluster holds no Instance, and none of the package's objects. */
async function nothingWasApplied(): Promise<void> {
  const result = await cli(["get", "instances", "-o", "json"], world());
  expect(JSON.parse(result.stdout)).toEqual([]);
}

/** One more line in the good package's step. */
function step(line: string): Record<string, string> {
  return operator(
    "            tasks: [config]",
    `            tasks: [config]\n            ${line}`,
  );
}

/** The good package's operator.yaml with one more task, at line 9. */
function operatorWith(task: string): string {
  return operator("plans:", `${task}plans:`)["operator.yaml"] ?? "";
}

function exec(spec: string): string {
  return `  - name: look\n    kind: Exec\n    spec: {${spec}}\n`;
}

function operator(from: string, to: string): Record<string, string> {
  return { "operator.yaml": replaced("operator.yaml", from, to) };
}

function params(from: string, to: string): Record<string, string> {
  return { "params.yaml": replaced("params.yaml", from, to) };
}

function template(from: string, to: string): Record<string, string> {
  return { "templates/config.yaml": replaced("templates/config.yaml", from, to) };
}

function replaced(file: string, from: string, to: string): string {
  const text = GOOD_PACKAGE[file] ?? "";
  if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
  return text.replace(from, to);
}

async function tgz(
  files: Readonly<Record<string, string>>,
  link?: { readonly name: string; readonly linkname: string },
): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, text] of Object.entries({ ...GOOD_PACKAGE, ...files }))
    archive.entry({ name }, text);
  if (link) archive.entry({ ...link, type: "symlink" });
  archive.finalize();
  return gzipSync(await buffer(archive));
}
