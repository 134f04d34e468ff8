import { errorIssue, hasErrors, type Issue } from "../model/issue.ts";
import { isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { parseGoYaml } from "../yaml/parse-go-yaml.ts";
import { plainValue } from "../yaml/yaml-node.ts";
import { templateFile } from "./problem.ts";
import { holdsSecret, quotingLine, wrongWith } from "./read-objects.ts";
import type { RenderedObject } from "./render-objects.ts";

/**
 * The objects of a text that a KUDO package rendered (compat section 3.5): it is cut at each line that begins with `---`, what follows the dashes belongs to the next piece,
 * and each piece is one object, or nothing. What is wrong goes to `issues`; places are in the rendered text.
 * @param named the name that they have, whatever the text says
 */
export function readKudoObjects(
  text: string,
  template: string,
  issues: Issue[],
  named?: string,
): RenderedObject[] {
  const file = `${templateFile(template)} (rendered)`;
  const objects: RenderedObject[] = [];
  const most = issues.length + MOST_ISSUES;
  let isSecret: boolean | undefined;
  const report = (issue: Issue, piece: string, first: number): void => {
    isSecret ??= holdsSecret(text);
    issues.push(below(isSecret ? issue : quotingLine(issue, piece), first));
  };
  let next = 1;
  let pieces = 0;
  for (const piece of text.split("\n---")) {
    const first = next;
    next += linesIn(piece) + 1;
    if (piece.trim() === "") continue;
    if (++pieces > MOST_PIECES) {
      const message = `the template renders to more than ${MOST_PIECES} objects`;
      issues.push(errorIssue("template-limit", message, { file, line: first, col: 1 }));
    }
    if (pieces > MOST_PIECES || issues.length >= most) break;
    const { root, issues: found } = parseGoYaml(piece, file);
    const errors = found.filter(({ severity }) => severity === "error");
    for (const issue of errors) report(issue, piece, first);
    if (hasErrors(found) || root === undefined) continue;
    const said = plainValue(root.node);
    const value = named === undefined || !isMap(said) ? said : renamed(said, named);
    if (value === null) continue;
    const line = 1 + linesIn(piece.slice(0, root.offset));
    const wrong = wrongWith(value) ?? wrongNumber(value);
    if (wrong !== undefined)
      report(errorIssue("not-an-object", wrong, { file, line, col: 1 }), piece, first);
    else objects.push({ object: nowhere(value as KubeObject), template, line: first + line - 1 });
  }
  return objects;
}

/** More is a mistake, and would take long. */
const MOST_PIECES = 10_000;
const MOST_ISSUES = 20;

/** Integers beyond 2^53 would lose digits on their way. */
function wrongNumber(value: unknown): string | undefined {
  if (typeof value === "bigint")
    return `the integer ${value} is beyond 2^53 and would lose digits; a text would keep them`;
  if (typeof value !== "object" || value === null) return undefined;
  for (const member of Object.values(value)) {
    const wrong = wrongNumber(member);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function renamed(object: Record<string, unknown>, name: string): Record<string, unknown> {
  return { ...object, metadata: { ...(isMap(object.metadata) && object.metadata), name } };
}

/** KUDO puts everything into the namespace of the instance, whatever a template says. */
function nowhere(object: KubeObject): KubeObject {
  const { namespace: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function linesIn(text: string): number {
  return text.split("\n").length - 1;
}

function below(issue: Issue, first: number): Issue {
  return issue.at ? { ...issue, at: { ...issue.at, line: issue.at.line + first - 1 } } : issue;
}
