import { refuse } from "../model/kplan-error.ts";
import type { Parameter } from "../model/parameter.ts";
import type { RunConstants, TemplateScope } from "../model/scope.ts";
import { checkTemplate } from "./check-template.ts";
import { evaluate } from "./evaluate.ts";
import { parseTemplate } from "./parse-template.ts";
import { issueOf, RenderError, templateFile } from "./problem.ts";

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
  const { key, text, scope, constants, declared } = input;
  const hasRecord = scope.Record !== undefined;
  const issues = checkTemplate({ key, text, parameters: declared, hasRecord });
  if (issues.length > 0) refuse(templateFile(key), issues);
  let ordinal = 0;
  try {
    return evaluate(
      parseTemplate(text).nodes,
      { ...scope },
      {
        seed: constants.seed,
        startedAt: constants.startedAt,
        template: key,
        nextOrdinal: () => ordinal++,
      },
    );
  } catch (error) {
    if (error instanceof RenderError) refuse(templateFile(key), [issueOf(error.problem, key)]);
    throw error;
  }
}
