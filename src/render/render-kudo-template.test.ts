import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import { renderKudoTemplate } from "./render-kudo-template.ts";

function parameter(name: string, type: ParameterType = "string"): Parameter {
  const at = { file: "params.yaml", line: 1, col: 1 };
  return { name, type, kudoType: type, required: false, immutable: false, at };
}

const declared = [
  parameter("FLAG"),
  parameter("COUNT", "integer"),
  parameter("LIST", "array"),
  parameter("NONE", "array"),
  parameter("MAP", "map"),
];
const Params = { FLAG: "false", COUNT: "3", LIST: "[{port: 8080}, 1000000]", MAP: "{b: 2, a: x}" };
const scope = {
  Name: "shop-instance",
  Namespace: "db",
  OperatorName: "shop",
  OperatorVersion: "1.0.0",
  AppVersion: "",
  PlanName: "deploy",
  PhaseName: "main",
  StepName: "all",
  Pipes: { cert: "shop.deploy.cert" },
  Params,
};

function render(text: string, changes: Partial<typeof scope> = {}, seed = "run"): string {
  const constants = { seed, startedAt: "2023-11-14T22:13:20Z" };
  return renderKudoTemplate({
    key: "x.yaml",
    text,
    scope: { ...scope, ...changes },
    constants,
    declared,
  });
}

test.each([
  ["{{ .Name }} {{ .Namespace }} {{ .OperatorName }}", "shop-instance db shop"],
  ["{{ .OperatorVersion }}/{{ .AppVersion }}", "1.0.0/"],
  ["{{ .PlanName }}.{{ .PhaseName }}.{{ .StepName }}", "deploy.main.all"],
  ["{{ .Pipes.cert }}", "shop.deploy.cert"],
  ["{{ if .Params.FLAG }}a text{{ end }}", "a text"],
  ["{{ add .Params.COUNT 1 }}", "4"],
  ["{{ range .Params.LIST }}{{ . }} {{ end }}", "map[port:8080] 1e+06 "],
  ["{{ (index .Params.LIST 0).port }}", "8080"],
  ["{{ range .Params.NONE }}some{{ else }}none{{ end }}", "none"],
  ["{{ range $key, $value := .Params.MAP }}{{ $key }}={{ $value }} {{ end }}", "a=x b=2 "],
  ['{{ now | date "2006" }}', "2023"],
])("%s → %s", (text, expected) => {
  expect(render(text)).toBe(expected);
});

test("random values stay the same for a run, and differ between runs and calls", () => {
  const text = "{{ randAlphaNum 8 }}-{{ randAlphaNum 8 }}";
  const [first, second] = render(text).split("-");
  expect(render(text)).toBe(`${first}-${second}`);
  expect(first).not.toBe(second);
  expect(render(text, {}, "other")).not.toBe(`${first}-${second}`);
});

test.each([
  ["a\n{{ .TaskName }}", /^templates\/x\.yaml:2:\d+: error: .*no entry for key "TaskName"/],
  ["{{ .Params.GONE }}", /no entry for key "GONE"/],
  ["{{ .Facts }}", /no entry for key "Facts"/],
  ["{{ .Pipes.key }}", /no entry for key "key"/],
  ['{{ env "HOME" }}', /function "env" not defined/],
  ["{{ eq .Params.COUNT 3 }}", /incompatible types/],
])("%s is refused with its place", (text, why) => {
  expect(said(() => render(text))).toMatch(why);
});

test("a parameter file knows no plan and no pipes", () => {
  const { PlanName: _, Pipes: __, ...rest } = scope;
  const constants = { seed: "", startedAt: "2023-11-14T22:13:20Z" };
  const of = (text: string) => () =>
    renderKudoTemplate({ key: "x.yaml", text, scope: rest, constants, declared });
  expect(of("{{ .Name }}")()).toBe("shop-instance");
  expect(said(of("{{ .PlanName }}"))).toMatch(/no entry for key "PlanName"/);
  expect(said(of("{{ .Pipes }}"))).toMatch(/no entry for key "Pipes"/);
});

test("a text that is no list is refused", () => {
  expect(said(() => render("x", { Params: { ...Params, LIST: "a: b" } }))).toMatch(
    /LIST: expected a list/,
  );
});

function said(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof KplanError) return error.issues.map(formatIssue).join("\n");
  }
  return "";
}
