import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";

// `kplan package convert`: whole packages become native ones that load, verify and render; what cannot is listed with its place.

const PACKAGES = join(import.meta.dirname, "packages");
let home: string;
let count = 0;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "kplan-convert-"));
});

const place = (): string => join(home, `made-${++count}`);
const run = (...argv: readonly string[]): Promise<CliResult> => cli(argv, { home });

test.each(["galera-tutorial", "hello"])("%s becomes a native package", async (name) => {
  const made = place();
  const { code, stdout } = await run("package", "convert", join(PACKAGES, name), "-d", made);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/: (\d+) of \1 templates render/)]);
  const verified = await run("package", "verify", made);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("is valid")]);
  const [was, is] = await Promise.all([
    run("package", "render", join(PACKAGES, name), "-o", "json", "--plan", "deploy"),
    run("package", "render", made, "-o", "json", "--plan", "deploy"),
  ]);
  expect(contents(is)).toEqual(contents(was));
});

const CLAIM_LABELS = /(?<="-?[a-z-]*datadir"),"labels":\{[^}]*\}/;

/** What is applied, without what the dialects add to it. */
function contents({ stdout }: CliResult): unknown {
  const tasks = JSON.parse(stdout) as { objects: Record<string, unknown>[] }[];
  return tasks.flatMap(({ objects }) =>
    objects.map(({ metadata, spec, ...rest }) => [
      (metadata as { name: string }).name,
      JSON.stringify(spec ?? null)
        .replaceAll(/,?"kudo\.dev\/[^"]*":"[^"]*"/g, "")
        .replace(CLAIM_LABELS, ""),
      rest,
    ]),
  );
}

test("what is left is listed with its place, and stays in Go", async () => {
  const made = place();
  const source = packageFolder({
    "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: demo
operatorVersion: 0.1.0
kubernetesVersion: 1.16.0
tasks:
  - {name: good, kind: Apply, spec: {resources: [good.yaml, bad.yaml]}}
  - {name: pipe, kind: Pipe, spec: {pod: pod.yaml, pipe: [{file: /tmp/a, kind: Secret, key: cert}]}}
plans:
  deploy: {strategy: serial, phases: [{name: p, steps: [{name: s, tasks: [good]}, {name: t, tasks: [pipe]}]}]}
`,
    "params.yaml": "parameters:\n  - {name: COUNT, type: integer, default: 3}\n",
    "templates/good.yaml":
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Name }}"}\ndata: {count: "{{ .Params.COUNT }}"}\n',
    "templates/bad.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  list: '{{ list 1 .Params.COUNT }}'\n  {{ $x := 1 }}{{ $x = 2 }}\n",
    "templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n",
    "docs/README.md": "read me",
    "templates/config.yaml": null,
  });
  const { code, stdout } = await run("package", "convert", source, "-d", made);
  expect(code).toBe(1);
  expect(stdout).toContain(
    'operator.yaml:7:5: error: task "pipe" of kind Pipe has no counterpart in native packages',
  );
  expect(stdout).toContain(
    "templates/bad.yaml:6:19: error: a variable that changes has no counterpart",
  );
  expect(stdout).toContain("1 of 3 templates render the same objects");
  expect(readdirSync(join(made, "go-templates")).sort()).toEqual(["bad.yaml", "pod.yaml"]);
  expect(readFileSync(join(made, "templates/good.yaml"), "utf8")).toContain("{{Params.COUNT}}");
  expect(readFileSync(join(made, "docs/README.md"), "utf8")).toBe("read me");
  const again = await run("package", "convert", source, "-d", made);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("is there already")]);
  const over = await run("package", "convert", source, "-d", made, "-w", "-o", "json");
  expect([over.code, JSON.parse(over.stdout)]).toEqual([
    1,
    expect.objectContaining({
      complete: false,
      converted: [{ template: "good.yaml", renderings: expect.any(Number) }],
    }),
  ]);
});

test("a native package, a broken one and a folder within the package are refused", async () => {
  const made = place();
  const native = await run(
    "package",
    "convert",
    join(PACKAGES, "../../../operators/galera"),
    "-d",
    made,
  );
  expect([native.code, native.stderr]).toEqual([
    2,
    expect.stringContaining("native package already"),
  ]);
  const broken = packageFolder({ "operator.yaml": "name: [", "params.yaml": "" });
  expect((await run("package", "convert", broken, "-d", made)).code).toBe(2);
  const within = join(PACKAGES, "hello/made");
  expect((await run("package", "convert", join(PACKAGES, "hello"), "-d", within)).code).toBe(2);
  expect([existsSync(made), existsSync(within)]).toEqual([false, false]);
});
