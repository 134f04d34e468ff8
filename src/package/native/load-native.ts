import { errorIssue, hasErrors, type Issue } from "../../model/issue.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { type ParsedYaml, parseYaml } from "../../yaml/parse-yaml.ts";
import { digestOf } from "../files/digest.ts";
import type { PackageTexts } from "../files/package-texts.ts";
import type { LoadedPackage } from "../loaded-package.ts";
import type { ReportField } from "../report.ts";
import type { SchemaName } from "../schema-errors.ts";
import { checkOperator } from "./check-operator.ts";
import { checkParameters } from "./check-parameters.ts";
import { nativeOperator, type OperatorFile } from "./native-operator.ts";
import { nativeParameters, type ParamsFile } from "./native-parameters.ts";
import { schemaIssues } from "./schema-issues.ts";

/** Loads a package of the native dialect, strictly: whatever is not known is an error. */
export function loadNative(
  source: string,
  files: ReadonlyMap<string, Uint8Array>,
  texts: PackageTexts,
  operator: ParsedYaml,
): LoadedPackage {
  const params = parseYaml(texts.params ?? "", "params.yaml");
  const operatorIssues = issuesOf("operator", operator);
  const paramsIssues = issuesOf("params", params);
  if (operator.issues.length === 0)
    checkOperator(operator.value, reporter(operator, operatorIssues));
  if (params.issues.length === 0)
    checkParameters(params.value, reporter(params, paramsIssues), params.textOf);

  const issues = [...texts.issues, ...inOrder(operatorIssues), ...inOrder(paramsIssues)];
  if (!isUnderstood(issues)) return { issues };
  const yamls: Readonly<Record<string, ParsedYaml>> = {
    "operator.yaml": operator,
    "params.yaml": params,
  };
  const draft: OperatorPackage = {
    dialect: "native",
    source,
    digest: digestOf(files),
    files,
    operator: nativeOperator(operator.value as OperatorFile),
    ...nativeParameters((params.value ?? {}) as ParamsFile, (index) =>
      params.placeOf(["parameters", index, "name"]),
    ),
    templates: texts.templates,
    placeOf: (file, path, part) => yamls[file]?.placeOf(path, part) ?? { file, line: 1, col: 1 },
  };
  return hasErrors(issues) ? { draft, issues } : { pkg: draft, issues };
}

/** The problems that do not keep a file from being understood: what they are about is left out or comes twice. */
const HARMLESS = new Set([
  "unknown-field",
  "duplicate-name",
  "duplicate-value",
  "too-many-fields",
  "missing-meter",
  "unknown-group",
  "not-in-enum",
  "not-a-version",
  "not-a-version-range",
  "wrong-type",
  "secret-default",
  "secret-enum",
  "immutable-without-value",
]);

function isUnderstood(issues: readonly Issue[]): boolean {
  return issues.every((issue) => HARMLESS.has(issue.code));
}

function issuesOf(name: SchemaName, yaml: ParsedYaml): Issue[] {
  if (yaml.issues.length > 0) return [...yaml.issues];
  if (yaml.value === null && name === "params") return [];
  if (yaml.value === null)
    return [errorIssue("empty-file", `${name}.yaml is empty`, yaml.placeOf([]))];
  return schemaIssues(name, yaml);
}

function reporter(yaml: ParsedYaml, issues: Issue[]): ReportField {
  return (code, message, path, { part, hint } = {}) => {
    issues.push(errorIssue(code, message, yaml.placeOf(path, part), hint));
  };
}

/** As a reader meets them from top to bottom. */
function inOrder(issues: readonly Issue[]): Issue[] {
  const line = ({ at }: Issue) => (at?.line ?? 0) * 10_000 + (at?.col ?? 0);
  return issues.toSorted((a, b) => line(a) - line(b));
}
