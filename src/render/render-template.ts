import type { Parameter } from "../model/parameter.ts";
import type { RunConstants, TemplateScope } from "../model/scope.ts";

/** One template and all that decides its text. */
export interface TemplateInput {
  /** Key below `templates/`. */
  readonly key: string;
  readonly text: string;
  readonly scope: TemplateScope;
  readonly constants: RunConstants;
  /** The parameters that the package declares: what `Params.X` may say. */
  readonly declared: readonly Parameter[];
}

/**
 * The text of a template (native dialect; docs/templates.md). The same input gives the same bytes.
 * Throws a `bad-input` KplanError with the place of every problem.
 */
export function renderTemplate(input: TemplateInput): string {
  throw new Error(`not there yet: ${input.key}`);
}
