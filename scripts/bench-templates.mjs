// Measures how fast templates are read and rendered: Go's by our engine against Handlebars and against our native dialect, on the same work.
// Needs nothing but the checkout. Prints a table; judges nothing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import Handlebars from "handlebars";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const work = mkdtempSync(join(tmpdir(), "kplan-bench-"));
const TEMPLATES = 1000;
const ROUNDS = Number(process.env.BENCH_PAIRS ?? 9);

const { parseGoTemplate, renderGoTemplate } = await load("src/go-template/go-template.ts");
const { renderTemplate } = await load("src/render/render-template.ts");
rmSync(work, { recursive: true });

const data = {
  Name: "bench",
  StepName: "deploy",
  Params: { COUNT: 3, HOST: "db.example.com", LIST: ["a", "b", "c"], FLAG: "true" },
};
const constants = { seed: "seed", startedAt: "2023-11-14T22:13:20Z" };
const declared = [
  ["COUNT", "integer"],
  ["HOST", "string"],
  ["LIST", "array"],
  ["FLAG", "string"],
].map(([name, type]) => ({ name, type, required: true }));
/** 60 letters of YAML before each action: 50 actions make 5 kB. */
const filler = "            value: of a member that has no action at all    \n";
const go = templates([
  "{{ .Name }}",
  '{{ if eq .StepName "deploy" }}yes{{ else }}no{{ end }}',
  "{{ range $i, $e := .Params.LIST }}{{ $i }}={{ $e }},{{ end }}",
  '{{ printf "%s-%s" .Name .Params.HOST | quote }}',
  "{{ .Params.HOST | upper | trunc 5 }}",
]);
const handlebars = templates([
  "{{Name}}",
  '{{#if (eq StepName "deploy")}}yes{{else}}no{{/if}}',
  "{{#each Params.LIST as |e i|}}{{i}}={{e}},{{/each}}",
  '{{quote (printf "%s-%s" Name Params.HOST)}}',
  "{{trunc 5 (upper Params.HOST)}}",
]);

const plain = Handlebars.create();
plain.registerHelper({
  eq: (a, b) => a === b,
  quote: (s) => JSON.stringify(s),
  printf: (_, a, b) => `${a}-${b}`,
  upper: (s) => s.toUpperCase(),
  trunc: (n, s) => s.slice(0, n),
});

const peers = {
  "Go template, our engine": () =>
    go.map((text, i) =>
      renderGoTemplate(parseGoTemplate("t", text), data, {
        context: { ...constants, template: `t${i}`, nextOrdinal: () => 0 },
      }),
    ),
  "Handlebars alone": () => handlebars.map((text) => plain.compile(text, { noEscape: true })(data)),
  "native dialect, with its checks": () =>
    handlebars.map((text, i) =>
      renderTemplate({ key: `t${i}`, text, scope: data, constants, declared }),
    ),
};
const [first] = Object.values(peers).map((peer) => peer()[0]);
process.stdout.write(
  `${TEMPLATES} templates of ${go[0].length} characters with ${go[0].split("{{ ").length - 1} tags, read and rendered; ${first.length} characters each; median and shortest of ${ROUNDS}\n\n`,
);
const times = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++)
  for (const [name, peer] of Object.entries(peers)) {
    const from = process.cpuUsage();
    peer();
    const { user, system } = process.cpuUsage(from);
    times[name].push((user + system) / 1000);
  }
const base = median(times["Handlebars alone"]);
for (const [name, all] of Object.entries(times))
  process.stdout.write(
    `${name.padEnd(34)}${`${median(all).toFixed(0)} ms`.padEnd(10)}${`${Math.min(...all).toFixed(0)} ms`.padEnd(10)}${(median(all) / base).toFixed(2)} of Handlebars\n`,
  );

/** Each one a little different, so that nothing can be kept from the one before. */
function templates(actions) {
  return Array.from({ length: TEMPLATES }, (_, t) =>
    Array.from(
      { length: 50 },
      (_, i) => `${filler}v${t}-${i}: ${actions[i % actions.length]}\n`,
    ).join(""),
  );
}

async function load(entry) {
  const outfile = join(work, `${entry.replace(/\W/g, "-")}.mjs`);
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    banner: { js: 'import{createRequire as c}from"node:module";const require=c(import.meta.url);' },
  });
  return import(pathToFileURL(outfile));
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
