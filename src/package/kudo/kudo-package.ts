import { errorIssue, hasErrors, type Issue, type Place, warningIssue } from "../../model/issue.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { type GoYaml, parseGoYaml } from "../../yaml/parse-go-yaml.ts";
import { type Member, membersOf, type Slot } from "../../yaml/yaml-node.ts";
import type { FieldPath } from "../field-path.ts";
import { digestOf } from "../files/digest.ts";
import type { LoadedPackage } from "../loaded-package.ts";
import type { ReportAt } from "./kudo-fields.ts";
import { kudoFiles } from "./kudo-files.ts";
import { kudoOperator, taskIndex } from "./kudo-operator.ts";
import { kudoParameters } from "./kudo-parameters.ts";

/**
 * Reads a package of KUDO's dialect: refuses what KUDO refuses on every load (compat section 1.5) and nothing else; where KUDO is lenient, there is a warning. Pure; whatever
 * is in the files, it answers with issues and does not throw.
 * @param source as the user named it
 * @param files by path below the package's root
 */
export function readKudoPackage(
  source: string,
  files: ReadonlyMap<string, Uint8Array>,
): LoadedPackage {
  const { operator: operatorText, params: paramsText, templates, issues } = kudoFiles(files);
  if (operatorText === undefined) return { issues };
  const operator = parseGoYaml(operatorText, "operator.yaml");
  const params = parseGoYaml(paramsText ?? "", "params.yaml");
  if (operator.root === undefined || isNothing(operator.root)) {
    const at = operator.placeAt(0);
    if (!hasErrors(operator.issues))
      operator.issues.push(errorIssue("empty-file", "operator.yaml is empty", at));
    return { issues: [...issues, ...operator.issues, ...params.issues] };
  }
  const draft: OperatorPackage = {
    dialect: "kudo",
    source,
    digest: digestOf(files),
    files,
    operator: kudoOperator(operator.root, templates, reporter(operator)),
    ...kudoParameters(params.root, params.placeAt, reporter(params)),
    templates,
    placeOf: (file, path, part) => {
      const yaml =
        file === "operator.yaml" ? operator : file === "params.yaml" ? params : undefined;
      if (yaml === undefined) return { file, line: 1, col: 1 };
      return placeIn(yaml, yaml === operator ? listed(path) : path, part);
    },
  };
  /** Tasks that the operator passes over stand in its file all the same. */
  function listed(path: FieldPath): FieldPath {
    const [head, index, ...rest] = path;
    if (head !== "tasks" || index === undefined) return path;
    const name = draft.operator.tasks[Number(index)]?.name;
    const found = operator.root && name !== undefined ? taskIndex(operator.root, name) : -1;
    return found < 0 ? path : [head, found, ...rest];
  }
  const all = [...issues, ...inOrder(operator.issues), ...inOrder(params.issues)];
  return hasErrors(all) ? { draft, issues: all } : { pkg: draft, issues: all };
}

function isNothing({ node }: Slot): boolean {
  return node.kind === "scalar" && node.value === null;
}

function reporter(yaml: GoYaml): ReportAt {
  return (severity, code, message, offset, hint) => {
    const issueOf = severity === "error" ? errorIssue : warningIssue;
    yaml.issues.push(issueOf(code, message, yaml.placeAt(offset), hint));
  };
}

/** As a reader meets them from top to bottom. */
function inOrder(issues: readonly Issue[]): Issue[] {
  const line = ({ at }: Issue) => (at?.line ?? 0) * 10_000 + (at?.col ?? 0);
  return issues.toSorted((a, b) => line(a) - line(b));
}

/** Names of fields are found whatever their case. */
function placeIn(yaml: GoYaml, path: FieldPath, part: "key" | "value" = "value"): Place {
  let here = yaml.root;
  let offset = here?.offset ?? 0;
  for (const [index, name] of path.entries()) {
    const next = here && stepInto(here, name);
    if (next === undefined) break;
    here = next;
    const wantsKey = part === "key" && index === path.length - 1 && "keyOffset" in next;
    offset = wantsKey ? next.keyOffset : next.offset;
  }
  return yaml.placeAt(offset);
}

function stepInto({ node }: Slot, name: string | number): Slot | Member | undefined {
  if (node.kind === "list") return node.items[Number(name)];
  if (node.kind === "scalar") return undefined;
  const members = membersOf(node);
  const wanted = String(name);
  return (
    members.find(({ key }) => key === wanted) ??
    members.find(({ key }) => key.toLowerCase() === wanted.toLowerCase())
  );
}
