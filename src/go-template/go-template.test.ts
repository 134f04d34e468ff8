import { expect, test } from "vitest";
import { KUDO_FUNCTIONS } from "../functions/go/go-functions.ts";
import { goData } from "./go-data.ts";
import { parseGoTemplate, renderGoTemplate } from "./go-template.ts";
import { GoTemplateError } from "./template-error.ts";

/** What KUDO would give: parameters are texts, lists and maps, whose numbers are float64. */
const DATA = {
  Name: "my-galera",
  StepName: "firstboot_config",
  Params: {
    NODE_COUNT: "3",
    FLAG: "false",
    PORTS: [80, 1_000_000],
    M: { b: 1.5, a: "x" },
    NIL: null,
  },
};

function render(text: string, limits = {}): string {
  let ordinal = 0;
  const context = {
    seed: "seed",
    startedAt: "2023-11-14T22:13:20Z",
    template: "x.yaml",
    nextOrdinal: () => ordinal++,
  };
  const template = parseGoTemplate("x.yaml", text);
  return renderGoTemplate(template, goData(DATA, "float64"), { context, limits });
}

function failure(text: string, limits = {}): GoTemplateError {
  try {
    render(text, limits);
  } catch (error) {
    if (error instanceof GoTemplateError) return error;
    throw error;
  }
  throw new Error(`rendered: ${text}`);
}

test.each([
  // The tutorial's Galera operator.
  [
    '{{ if eq .StepName "firstboot_config" -}}\n  bootstrap\n{{- else -}}\n  join\n{{- end }}',
    "bootstrap",
  ],
  [
    "{{ range $i, $v := untilStep 0 (int .Params.NODE_COUNT) 1 -}}{{ if $i }},{{ end }}{{ $.Name }}-{{ $v }}{{ end }}",
    "my-galera-0,my-galera-1,my-galera-2",
  ],
  // What KUDO's parameters are to a template.
  ["{{ if .Params.FLAG }}yes{{ end }}", "yes"],
  ['{{ eq .Params.FLAG "true" }}', "false"],
  ["{{ .Params.PORTS }} {{ index .Params.PORTS 1 }}", "[80 1e+06] 1e+06"],
  ["{{ .Params.M }} {{ .Params.NIL }}", "map[a:x b:1.5] <no value>"],
  ['{{ index .Params "Undeclared" }}', "<no value>"],
  ['{{ printf "%d" (index .Params.PORTS 0) }}', "%!d(float64=80)"],
  ["{{ toYaml .Params.M | trim | indent 2 }}", "  a: x\n  b: 1.5"],
  // 1.23, not 1.16: and and or stop early; else with, break and continue are there.
  ["{{ or true (index .Params.PORTS 9) }} {{ and false (fail `no`) }}", "true false"],
  ["{{ with .Params.NIL }}a{{ else with .Name }}{{ . }}{{ end }}", "my-galera"],
  [
    "{{ range .Params.PORTS }}{{ break }}{{ end }}{{ range .Params.PORTS }}{{ continue }}x{{ end }}",
    "",
  ],
  // A variable that is assigned anew in a block keeps its value.
  ["{{ $x := 1 }}{{ range .Params.PORTS }}{{ $x = . }}{{ end }}{{ $x }}", "1e+06"],
  // Texts are bytes.
  ['{{ len "héé" }} {{ trunc 2 "héé" }}', "5 h\ufffd"],
  [
    "{{ now }} {{ now.Unix }} {{ (semver `v1.2.3-a`).Minor }}",
    "2023-11-14 22:13:20 +0000 UTC 1700000000 2",
  ],
  // As xstrings 1.3 had it when KUDO was built; from 1.5 on it is httpServer.
  ["{{ camelcase `http_server` }}", "HttpServer"],
  // Random values follow from the run.
  ["{{ eq (uuidv4) (uuidv4) }}", "false"],
  [
    "{{ set (dict) `__proto__` 1 | toJson }} {{ (dict `constructor` 2).constructor }}",
    '{"__proto__":1} 2',
  ],
])("%j → %j", (template, text) => expect(render(template)).toBe(text));

test.each([
  [
    "a\n{{ .Foo }}",
    'template: x.yaml:2:3: executing "x.yaml" at <.Foo>: map has no entry for key "Foo"',
  ],
  [
    'é {{ .Params.Nope | default "x" }}',
    'template: x.yaml:1:13: executing "x.yaml" at <.Params.Nope>: map has no entry for key "Nope"',
  ],
  [
    "{{ eq .Params.NODE_COUNT 3 }}",
    'template: x.yaml:1:3: executing "x.yaml" at <eq .Params.NODE_COUNT 3>: error calling eq: incompatible types for comparison',
  ],
  [
    "{{ range 3 }}{{ end }}",
    'template: x.yaml:1:9: executing "x.yaml" at <3>: range can\'t iterate over 3',
  ],
  [
    '{{ define "t" }}\n {{ .a.b }}{{ end }}{{ template "t" .Params.M }}',
    'template: x.yaml:2:6: executing "t" at <.a.b>: can\'t evaluate field b in type interface {}',
  ],
  ['a\n{{ include "x" }}', 'template: x.yaml:2: function "include" not defined'],
  ["{{ if 1 }}\n", "template: x.yaml:2: unexpected EOF"],
  ["{{ env `HOME` }}", 'template: x.yaml:1: function "env" not defined'],
])("%j is refused as Go does", (template, message) => {
  expect(failure(template).message).toBe(message);
});

test("an error knows its place and its reason", () => {
  const error = failure("a: 1\nb: {{ .Params.X }}");
  expect(error.at).toEqual({ line: 2, col: 14 });
  expect(error.reason).toBe('map has no entry for key "X"');
  expect(error.kind).toBe("execute");
  expect(failure("a\n  {{ end }}")).toMatchObject({ kind: "parse", at: { line: 2, col: 10 } });
});

test.each([
  "buildCustomCert `a` `b`",
  "genCA `a` 1",
  "genPrivateKey `rsa`",
  "genSelfSignedCert `a` (list) (list) 1",
  "genSignedCert `a` (list) (list) 1 nil",
  "getHostByName `a`",
])("%s is refused by name", (call) => {
  const [name = ""] = call.split(" ");
  expect(KUDO_FUNCTIONS.has(name)).toBe(true);
  expect(failure(`{{ ${call} }}`).reason).toMatch(
    new RegExp(`^error calling ${name}: ${name} is not supported`),
  );
});

test.each([
  ["{{ range until 90000 }}{{ range until 90000 }}x{{ end }}{{ end }}", "steps"],
  ['{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}', "maximum template depth"],
  [
    '{{ define "a" }}{{ template "a" }}{{ template "a" }}{{ end }}{{ template "a" }}',
    "maximum template depth",
  ],
  [
    "{{ $s := repeat 1000000 `x` }}{{ range until 100 }}{{ $s }}{{ end }}",
    "rendered text is longer",
  ],
  [`{{ $x := list 1 }}${"{{ $x = list $x $x }}".repeat(60)}{{ $x }}`, "too much to do"],
  [
    `{{ $x := list 1 }}${"{{ $x = list $x $x }}".repeat(60)}{{ deepEqual $x (list $x) }}`,
    "too much to do",
  ],
  ["{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ toYaml $d }}", "nested more than"],
  [
    "{{ range until 9000 }}{{ dateInZone `MST` 0 `Europe/Berlin` | len }}{{ end }}",
    "too much to do",
  ],
  [`{{ ${"(".repeat(5000)}1${")".repeat(5000)} }}`, "nested more than"],
  [`${"{{ if 1 }}".repeat(5000)}${"{{ end }}".repeat(5000)}`, "nested more than"],
])("%.60j is bounded", (template, reason) => {
  const error = failure(template);
  expect(error.kind).toBe("limit");
  expect(error.reason).toContain(reason);
});

test("the caller can set narrower limits", () => {
  expect(failure("{{ range until 100 }}{{ end }}", { steps: 50 }).kind).toBe("limit");
  expect(failure("abcdef", { output: 5 }).kind).toBe("limit");
});

test("a template changes nothing outside of it", () => {
  const before = structuredClone(DATA);
  render("{{ $_ := set .Params `X` 1 }}{{ $_ := unset .Params.M `a` }}");
  expect(DATA).toEqual(before);
});
