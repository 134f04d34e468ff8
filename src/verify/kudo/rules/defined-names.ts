import { placeOf } from "../../../go-template/template-error.ts";
import { errorIssue, type Issue } from "../../../model/issue.ts";
import { templateFile } from "../../../render/problem.ts";
import type { KudoView, ReadTemplate, TemplatePurpose } from "../kudo-view.ts";
import { meant } from "../meant.ts";
import type { NameUse } from "../template-uses.ts";

/** What the templates of no plan see. */
const EVERYWHERE = ["OperatorName", "Name", "Namespace", "AppVersion", "OperatorVersion", "Params"];
const IN_PLANS = [...EVERYWHERE, "PlanName", "PhaseName", "StepName", "Pipes"];

/** Templates parse, and name what is there: parameters, built-in names and files of Pipe tasks (verifiers 7a, 7h and 7i). */
export function definedNames({ pkg, trees, parseIssues, purposes }: KudoView): Issue[] {
  const parameters = pkg.parameters.map(({ name }) => name);
  const pipes = pkg.operator.tasks.flatMap((task) =>
    task.kind === "Pipe" ? task.pipe.map(({ key }) => key) : [],
  );
  const inTemplates = [...trees].flatMap(([key, tree]) => {
    const place = (use: NameUse) => ({
      file: templateFile(key),
      ...placeOf(tree.template.text, use.pos),
    });
    return [
      ...missingIn(tree.uses.parameters, parameters).map((use) => {
        const message = `parameter "${use.name}" in template ${key} is not defined`;
        return errorIssue("unknown-parameter", message, place(use), meant(use.name, parameters));
      }),
      ...builtInIssues(key, tree, purposes.get(key)).map(({ use, message, hint }) =>
        errorIssue("unknown-name", message, place(use), hint),
      ),
      ...missingIn(tree.uses.pipes, pipes).map((use) => {
        const message = `pipe "${use.name}" in template ${key} is not defined`;
        return errorIssue("unknown-pipe", message, place(use), meant(use.name, pipes));
      }),
    ];
  });
  return [...inTemplates, ...toggled({ pkg }, parameters), ...parseIssues];
}

function missingIn(uses: readonly NameUse[], known: readonly string[]): NameUse[] {
  return uses.filter(({ name }) => !known.includes(name));
}

function builtInIssues(
  key: string,
  { uses }: ReadTemplate,
  purposes: ReadonlySet<TemplatePurpose> | undefined,
): { readonly use: NameUse; readonly message: string; readonly hint: string | undefined }[] {
  const isOutside = purposes?.has("parameters") || purposes?.has("namespace");
  const known = isOutside ? EVERYWHERE : IN_PLANS;
  return missingIn(uses.builtIns, known).map((use) => {
    const hint = IN_PLANS.includes(use.name)
      ? "the template is rendered outside of plans"
      : meant(use.name, known);
    return { use, message: `built-in "${use.name}" in template ${key} is not defined`, hint };
  });
}

function toggled({ pkg }: Pick<KudoView, "pkg">, parameters: readonly string[]): Issue[] {
  return pkg.operator.tasks.flatMap((task, index) => {
    if (task.kind !== "Toggle" || task.parameter === "" || parameters.includes(task.parameter))
      return [];
    const at = pkg.placeOf("operator.yaml", ["tasks", index, "spec", "parameter"]);
    const message = `parameter "${task.parameter}" in task ${task.name} is not defined`;
    return [errorIssue("unknown-parameter", message, at, meant(task.parameter, parameters))];
  });
}
