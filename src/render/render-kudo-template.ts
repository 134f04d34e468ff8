import { typed } from "../functions/go/value.ts";
import { parseGoTemplate, renderGoTemplate } from "../go-template/go-template.ts";
import { GoTemplateError } from "../go-template/template-error.ts";
import { errorIssue } from "../model/issue.ts";
import { refuse } from "../model/kplan-error.ts";
import type { Parameter, ParameterValues } from "../model/parameter.ts";
import type { RunConstants, TemplateScope } from "../model/scope.ts";
import { kudoParams } from "../params/kudo-params.ts";
import { templateFile } from "./problem.ts";

/**
 * What a Go template of a KUDO package can name (compat section 3.2). `Params` are texts as an Instance keeps them. What is left out is not there: the file of parameters of
 * a `KudoOperator` task and the manifest of a namespace know no plan and no pipes.
 */
export type KudoScope = Pick<
  TemplateScope,
  "Name" | "Namespace" | "OperatorName" | "AppVersion" | "OperatorVersion" | "Params"
> &
  Partial<Pick<TemplateScope, "PlanName" | "PhaseName" | "StepName" | "Pipes">>;

/** One Go template and all that decides its text. */
export interface KudoTemplateInput {
  /** Key of the template. */
  readonly key: string;
  readonly text: string;
  /** Further names in it are not seen. */
  readonly scope: KudoScope;
  readonly constants: RunConstants;
  /** The parameters that the package declares: all of them are in `.Params`. */
  readonly declared: readonly Parameter[];
}

/**
 * The text of a template of a KUDO package: Go's text/template, where a name that is not there is an error. The same input gives the same bytes, random values and times
 * too (D-16). Throws a `bad-input` KplanError with the place.
 */
export function renderKudoTemplate(input: KudoTemplateInput): string {
  const { key, text, scope, constants, declared } = input;
  const { values, issues } = kudoParams(declared, textsOf(scope.Params));
  if (issues.length > 0) refuse("parameters", issues);
  let ordinal = 0;
  const context = { ...constants, template: key, nextOrdinal: () => ordinal++ };
  try {
    return renderGoTemplate(parseGoTemplate(key, text), namesOf(scope, values), { context });
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error;
    const at = { file: templateFile(key), ...error.at };
    refuse(templateFile(key), [errorIssue(`go-template-${error.kind}`, error.message, at)]);
  }
}

const NAMES = [
  "Name",
  "Namespace",
  "OperatorName",
  "AppVersion",
  "OperatorVersion",
  "PlanName",
  "PhaseName",
  "StepName",
] as const;

/** A map of its own each time: a template's functions may change what they are given. */
function namesOf(scope: KudoScope, params: Record<string, unknown>): Record<string, unknown> {
  const names = NAMES.flatMap((name) => (scope[name] === undefined ? [] : [[name, scope[name]]]));
  return {
    ...Object.fromEntries(names),
    Params: params,
    ...(scope.Pipes && { Pipes: typed("map[string]string", { ...scope.Pipes }) }),
  };
}

function textsOf(params: ParameterValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, text]) =>
      typeof text === "string" ? [[name, text]] : [],
    ),
  );
}
