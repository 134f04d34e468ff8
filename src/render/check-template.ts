import type { Issue } from "../model/issue.ts";
import type { Parameter } from "../model/parameter.ts";
import { checkTree } from "./check-tree.ts";
import { parseTemplate } from "./parse-template.ts";
import { issueOf } from "./problem.ts";
import { scopeShape } from "./shape.ts";

/** One template and what it may name. */
export interface TemplateToCheck {
  /** Key below `templates/`. */
  readonly key: string;
  readonly text: string;
  readonly parameters: readonly Parameter[];
  /** It stands in an `Exec` task with `record`. */
  readonly hasRecord?: boolean;
}

/** Every problem of a template that can be seen without rendering it, in the order of their places, which are in `templates/<key>`. */
export function checkTemplate({
  key,
  text,
  parameters,
  hasRecord = false,
}: TemplateToCheck): Issue[] {
  const { nodes, problems } = parseTemplate(text);
  const found = [...problems, ...checkTree(nodes, scopeShape(parameters, hasRecord)).problems];
  return found
    .sort((a, b) => a.at.line - b.at.line || a.at.col - b.at.col)
    .map((problem) => issueOf(problem, key));
}

/** Names of the parameters that a template reads; `*` is among them when it uses `Params` as a whole. Empty for a template that does not parse. */
export function usedParameters(text: string): Set<string> {
  return new Set(checkTree(parseTemplate(text).nodes, scopeShape(undefined), true).parameters);
}
