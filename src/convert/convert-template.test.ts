import fc from "fast-check";
import { expect, test } from "vitest";
import { parseGoTemplate } from "../go-template/go-template.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import type { TemplateScope } from "../model/scope.ts";
import { renderKudoTemplate } from "../render/render-kudo-template.ts";
import { renderTemplate } from "../render/render-template.ts";
import { CONSTANTS } from "../verify/render-with-facts.ts";
import { convertParameter } from "./convert-parameters.ts";
import { convertTemplate } from "./convert-template.ts";
import { assemble, type Style } from "./pieces.ts";
import { type ParameterPair, type Sample, samplesOf } from "./samples.ts";

function declared(name: string, type: ParameterType, value: Parameter["default"]): Parameter {
  const at = { file: "params.yaml", line: 1, col: 1 };
  const rest = { required: true, immutable: false, at };
  return { name, type, kudoType: type, ...rest, ...(value !== undefined && { default: value }) };
}

const KUDO: readonly Parameter[] = [
  declared("COUNT", "integer", 3),
  declared("RATIO", "number", 0.5),
  declared("FLAG", "boolean", false),
  declared("TEXT", "string", "blue"),
  declared("LIST", "array", ["a", "b"]),
  declared("HOSTS", "array", [{ host: "h", port: 80, up: true }]),
  declared("MAP", "map", { b: "x", a: "y" }),
  declared("NONE", "array", undefined),
];
const PAIRS = KUDO.map((kudo): ParameterPair => ({ kudo, native: convertParameter(kudo) }));
const NATIVE = new Map(PAIRS.map(({ native }) => [native.name, native]));

const SCOPE: Omit<TemplateScope, "Params"> = {
  Name: "zk",
  Namespace: "ns",
  OperatorName: "zookeeper",
  OperatorVersion: "0.1.0",
  AppVersion: "3.4",
  PlanName: "deploy",
  PhaseName: "main",
  StepName: "first",
  TaskName: "task",
  Pipes: {},
  Facts: {},
  Capabilities: { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: [] },
};

function converted(text: string, style: Style): string {
  const { pieces, problems } = convertTemplate(parseGoTemplate("t.yaml", text), NATIVE);
  if (problems.length > 0)
    return problems.map(({ at, message }) => `${at.line}:${at.col}: ${message}`).join("\n");
  return assemble(pieces, style);
}

test.each<[go: string, handlebars: string]>([
  ["{{ .Name }}-{{ $.Params.TEXT }}", "{{Name}}-{{Params.TEXT}}"],
  ["{a: {{ .Name }}}", "{a: {{Name~}} }"],
  ["{ {{- .Name }}: 1}", "{ {{~Name}}: 1}"],
  ["{{ .Params.TEXT | upper | quote }}", "{{quote (upper Params.TEXT)}}"],
  ["{{ .Params.COUNT }}", "{{Params.COUNT}}"],
  ["{{ add (int .Params.COUNT) 1 }}", "{{add Params.COUNT 1}}"],
  ['{{ if eq .Params.COUNT "3" }}x{{ end }}', '{{#if (eq (toString Params.COUNT) "3")}}x{{/if}}'],
  ['{{ if eq .Params.FLAG "true" }}x{{ else }}y{{ end }}', "{{#if Params.FLAG}}x{{else}}y{{/if}}"],
  ['{{ if ne "true" .Params.FLAG }}x{{ end }}', "{{#if (not Params.FLAG)}}x{{/if}}"],
  ["{{ if .Params.FLAG }}x{{ end }}", "{{#if (toString Params.FLAG)}}x{{/if}}"],
  [
    '{{ if eq .StepName "a" }}1{{ else if .Params.LIST }}2{{ else }}3{{ end }}',
    '{{#if (eq StepName "a")}}1{{else if Params.LIST}}2{{else}}3{{/if}}',
  ],
  [
    "{{ range $i, $e := .Params.LIST }}{{ $i }}{{ $e }}{{ $.Name }}{{ else }}-{{ end }}",
    "{{#each Params.LIST as |e i|}}{{i}}{{e}}{{@root.Name}}{{else}}-{{/each}}",
  ],
  [
    "{{ range .Params.HOSTS }}{{ .host }}:{{ .port }}{{ end }}",
    "{{#each Params.HOSTS as |item|}}{{item.host}}:{{item.port}}{{/each}}",
  ],
  [
    "{{ range .Params.LIST }}{{ range $first := $.Params.LIST }}{{ $first }}{{ end }}{{ . }}{{ end }}",
    "{{#each Params.LIST as |item|}}{{#each @root.Params.LIST as |first2|}}{{first2}}{{/each}}{{item}}{{/each}}",
  ],
  [
    "{{ range untilStep 1 (int .Params.COUNT) 1 }},{{ . }}{{ end }}",
    "{{#each (untilStep 1 Params.COUNT 1) as |item|}},{{item}}{{/each}}",
  ],
  ["{{ with .Params.MAP }}{{ .a }}{{ end }}", "{{#if Params.MAP}}{{Params.MAP.a}}{{/if}}"],
  ["{{ $x := .Params.TEXT }}{{ $x }}{{ $x | lower }}", "{{Params.TEXT}}{{lower Params.TEXT}}"],
  ["{{ $root := . }}{{ $root.Name }}", "{{Name}}"],
  ["{{ (index .Params.HOSTS 0).host }}", '{{lookup (index Params.HOSTS 0) "host"}}'],
  ['{{ index .Params "TEXT" }}', "{{Params.TEXT}}"],
  [
    '{{ define "n" }}[{{ . }}]{{ end }}{{ template "n" .Name }}{{ template "n" .Params.TEXT }}',
    "[{{Name}}][{{Params.TEXT}}]",
  ],
  ['{{ "text" }}{{ 3 }}{{ `{{` }}', 'text3{{print "{{"}}'],
  ["{{/* nothing */}}a", "a"],
])("%s is %s", (go, handlebars) => {
  expect(converted(go, "plain")).toBe(handlebars);
});

test.each<[go: string, problem: string]>([
  ["{{ $x := 1 }}\n{{ $x = 2 }}", "2:4: a variable that changes has no counterpart"],
  ["{{ .Pipes.cert }}", "1:10: native packages have no Pipes"],
  ["{{ range .Params.LIST }}{{ break }}{{ end }}", "{{break}}: a loop goes through all its items"],
  ["{{ $x := randAlpha 3 }}{{ $x }}", "$x keeps a value that is another one each time"],
  ["{{ toYaml .Params }}", ".Params as a whole"],
  ["{{ genCA `a` 3 }}", "function genCA is none of native templates"],
  [
    '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
    'template "a" calls itself',
  ],
  [
    `${Array.from({ length: 30 }, (_, n) => `{{ define "t${n}" }}{{ template "t${n + 1}" }}{{ template "t${n + 1}" }}{{ end }}`).join("")}{{ define "t30" }}{{ end }}{{ template "t0" }}`,
    "the template would become too long",
  ],
  [
    `{{ $v0 := .Name }}${Array.from({ length: 30 }, (_, n) => `{{ $v${n + 1} := cat $v${n} $v${n} }}`).join("")}{{ $v30 }}`,
    "stands for too long an expression",
  ],
])("%s is left to a person: %s", (go, problem) => {
  expect(converted(go, "plain")).toContain(problem);
});

test("a line of nothing but a tag goes, or stays", () => {
  const go = "a:\n{{ if .Params.LIST }}\n  b: 1\n{{ else }}\n  c: 1\n{{ end }}\n";
  expect(converted(go, "plain")).toBe(
    "a:\n{{#if Params.LIST}}\n  b: 1\n{{else}}\n  c: 1\n{{/if}}\n",
  );
  expect(converted(go, "exact")).toBe(
    "a:\n{{!}}{{#if Params.LIST}}\n  b: 1\n{{!}}{{else}}\n  c: 1\n{{!}}{{/if}}\n",
  );
});

/** Texts that go on where a tag ended, and before another begins. */
const TEXTS = fc.constantFrom("", "a", "\n", " \n  ", "}", "{ ", "x: ", "}}", "\\", "- ", "'");
const TEXT = fc.constantFrom(".Params.TEXT", ".Name", "$.StepName", '"blue"', "`a\\b`");
const TEXT_VALUE = fc.oneof(
  TEXT,
  TEXT.map((text) => `(${text} | upper)`),
  TEXT.map((text) => `(printf "%s-%d" ${text} 7)`),
  fc.constantFrom(".Params.COUNT", ".Params.RATIO", ".Params.FLAG", "(default `d` .Params.TEXT)"),
  fc.tuple(TEXT, TEXT).map(([a, b]) => `(ternary ${a} ${b} (eq ${a} ${b}))`),
);
const INTEGER = fc.oneof(
  fc.constantFrom("(int .Params.COUNT)", "2", "0", "(len .Params.LIST)", "(int `7`)"),
  fc.constantFrom("add", "sub", "mul", "max", "min").map((name) => `(${name} 2 .Params.COUNT)`),
);
const TEST = fc.oneof(
  fc
    .tuple(fc.constantFrom("eq", "ne", "lt", "ge"), TEXT_VALUE, TEXT_VALUE)
    .map((all) => all.join(" ")),
  fc
    .tuple(fc.constantFrom("eq", "ne", "gt", "le"), INTEGER, fc.constantFrom("1", "2", "3"))
    .map(([name, a, b]) => `${name} (int ${a}) (int ${b})`),
  fc.constantFrom(
    'eq .Params.FLAG "true"',
    'ne "false" .Params.FLAG',
    ".Params.LIST",
    ".Params.NONE",
  ),
  TEXT_VALUE,
);
const CONDITION = fc.oneof(
  TEST,
  fc.tuple(fc.constantFrom("and", "or"), TEST, TEST).map(([name, a, b]) => `${name} (${a}) (${b})`),
  TEST.map((test) => `not (${test})`),
);
const LEFT = fc.constantFrom("{{ ", "{{- ");
const RIGHT = fc.constantFrom(" }}", " -}}");
const tag = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(LEFT, inner, RIGHT).map((all) => all.join(""));
const is = (word: string): fc.Arbitrary<string> => tag(fc.constant(word));

const { body } = fc.letrec<{ body: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: "small" },
    TEXTS,
    tag(TEXT_VALUE),
    tag(INTEGER),
    tag(TEXT_VALUE.map((value) => `quote ${value}`)),
    // Tags that stand alone on their lines.
    fc
      .tuple(CONDITION, tie("body"), tie("body"))
      .map(([test, a, b]) => `\n {{ if ${test} }} \n${a}\n{{ else }}\n  ${b}\n\t{{ end }}\n`),
    fc
      .tuple(tag(CONDITION.map((test) => `if ${test}`)), tie("body"), is("end"))
      .map((all) => all.join("")),
    fc
      .tuple(
        tag(CONDITION.map((test) => `if ${test}`)),
        tie("body"),
        fc.oneof(is("else"), tag(CONDITION.map((test) => `else if ${test}`))),
        tie("body"),
        is("end"),
      )
      .map((all) => all.join("")),
    fc
      .tuple(
        fc.constantFrom(
          "{{ range $i, $e := .Params.LIST }}{{ $i }}{{ $e }}{{ $.Params.TEXT }}",
          "{{ range $.Params.HOSTS }}{{ .host }}{{ if .up }}:{{ .port }}{{ end }}",
          "{{ range untilStep 0 (int $.Params.COUNT) 1 }}{{ . }},",
          "{{ range $k, $v := $.Params.MAP }}{{ $k }}={{ $v | quote }}",
          "{{ range $.Params.NONE }}{{ . }}{{ else }}none",
        ),
        TEXTS,
        is("end"),
      )
      .map((all) => all.join("")),
    fc
      .tuple(is("with $.Params.MAP"), TEXTS, tag(TEXT.map(rooted)), is("end"))
      .map((all) => all.join("")),
    fc
      .tuple(TEXT_VALUE, TEXTS)
      .map(([value, text]) => `{{ $v := ${value} }}${text}{{ $v }}{{ printf "%v" $v }}`),
  ),
  body: fc.array(tie("item") as fc.Arbitrary<string>, { maxLength: 4 }).map((all) => all.join("")),
})) as { readonly body: fc.Arbitrary<string> };

/** In a `with` the dot is something else. */
function rooted(text: string): string {
  return text.startsWith(".") ? `$${text}` : text;
}

const USED = new Set(KUDO.map(({ name }) => name));
const RUNS = Number(process.env.KPLAN_CONVERT ?? 60);

test("what is converted renders the same text, byte for byte, with every sample", {
  timeout: RUNS * 1000,
}, () => {
  fc.assert(
    fc.property(body, (go) => {
      const template = parseGoTemplate("t.yaml", go);
      const { pieces, problems } = convertTemplate(template, NATIVE);
      expect(problems).toEqual([]);
      const handlebars = assemble(pieces, "exact");
      const samples = samplesOf(PAIRS, USED, template);
      for (const sample of samples.filter((_, index) => index % 4 === 0)) {
        const wanted = kudoText(go, sample);
        if (wanted !== undefined) expect(nativeText(handlebars, sample)).toBe(wanted);
      }
    }),
    { numRuns: RUNS },
  );
});

function kudoText(text: string, { texts }: Sample): string | undefined {
  try {
    const scope = { ...SCOPE, Params: texts };
    return renderKudoTemplate({ key: "t.yaml", text, scope, constants: CONSTANTS, declared: KUDO });
  } catch (error) {
    if (error instanceof KplanError) return undefined;
    throw error;
  }
}

function nativeText(text: string, { values }: Sample): string {
  const scope = { ...SCOPE, Params: values };
  const native = [...NATIVE.values()];
  try {
    return renderTemplate({ key: "t.yaml", text, scope, constants: CONSTANTS, declared: native });
  } catch (error) {
    if (error instanceof KplanError) return `${text}: ${error.issues[0]?.message}`;
    throw error;
  }
}
