import type { Issue } from "../model/issue.ts";
import type { Parameter } from "../model/parameter.ts";

/** One template and what it may name. */
export interface TemplateToCheck {
  /** Key below `templates/`. */
  readonly key: string;
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/** Every problem of a template that can be seen without rendering it; places are in `templates/<key>`. */
export function checkTemplate(template: TemplateToCheck): Issue[] {
  throw new Error(`not there yet: ${template.key}`);
}

/** Names of the parameters that a template reads; `*` is among them when it uses `Params` as a whole. Empty for a template that does not parse. */
export function usedParameters(text: string): Set<string> {
  throw new Error(`not there yet: ${text}`);
}
