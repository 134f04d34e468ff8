import { errorIssue, hasErrors, type Issue } from "../model/issue.ts";
import { isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { parseGoYaml } from "../yaml/parse-go-yaml.ts";
import { plainValue } from "../yaml/yaml-node.ts";
import { templateFile } from "./problem.ts";
import { quoting, wrongWith } from "./read-objects.ts";
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
  let begin = 0;
  return text.split("\n---").flatMap((chunk): RenderedObject[] => {
    const first = lineAt(text, begin);
    begin += chunk.length + "\n---".length;
    const { root, issues: found } = parseGoYaml(chunk, file);
    const errors = found.filter(({ severity }) => severity === "error");
    for (const issue of errors) issues.push(quoting(below(issue, first), text));
    if (hasErrors(found) || root === undefined) return [];
    const said = plainValue(root.node);
    const value = named === undefined || !isMap(said) ? said : renamed(said, named);
    if (value === null) return [];
    const line = first + lineAt(chunk, root.offset) - 1;
    const wrong = wrongWith(value);
    if (wrong === undefined) return [{ object: nowhere(value as KubeObject), template, line }];
    issues.push(quoting(errorIssue("not-an-object", wrong, { file, line, col: 1 }), text));
    return [];
  });
}

function renamed(object: Record<string, unknown>, name: string): Record<string, unknown> {
  return { ...object, metadata: { ...(isMap(object.metadata) && object.metadata), name } };
}

/** KUDO puts everything into the namespace of the instance, whatever a template says. */
function nowhere(object: KubeObject): KubeObject {
  const { namespace: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function below(issue: Issue, first: number): Issue {
  return issue.at ? { ...issue, at: { ...issue.at, line: issue.at.line + first - 1 } } : issue;
}
