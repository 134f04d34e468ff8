import { parseExpression } from "../../expressions/parse-expression.ts";
import { type Issue, warningIssue } from "../../model/issue.ts";
import { secretsName } from "../../model/names.ts";
import type { Task } from "../../model/task.ts";
import { usedParameters } from "../../render/check-template.ts";
import { needsOf } from "../needs-of.ts";
import type { PlacedExpression } from "../operator-words.ts";
import type { PackageView } from "../package-view.ts";
import { instanceNameOf } from "../render-plans.ts";
import { checkExpressions } from "./check-expressions.ts";
import { checkTexts } from "./check-texts.ts";

/**
 * Every parameter is read by a template or an expression. Secrets are also read by pods that use the instance's Secret by its name. Says nothing while one of them is
 * wrong: it may have meant any of them.
 */
export function unusedParameters(view: PackageView): Issue[] {
  const { pkg, words, templateIssues } = view;
  if (templateIssues.length > 0 || checkTexts(view).length > 0 || checkExpressions(view).length > 0)
    return [];
  const texts = [...pkg.templates.values(), ...words.texts.map(({ text }) => text)];
  const used = new Set([
    ...texts.flatMap((text) => [...usedParameters(text)]),
    ...words.expressions.flatMap(parametersIn),
    ...pkg.operator.tasks.flatMap(givenTo),
  ]);
  if (used.has("*")) return [];
  const secretsAreUsed = usesOwnSecret(view);
  return pkg.parameters
    .filter(({ name, type }) => !used.has(name) && !(type === "secret" && secretsAreUsed))
    .map(({ name, at }) =>
      warningIssue("unused-parameter", `parameter ${name} is read by no template`, at),
    );
}

function parametersIn({ text, names }: PlacedExpression): string[] {
  const paths = parseExpression(text, names).uses.map(({ path }) => path);
  return paths.filter(([root]) => root === "Params").map(([, name = "*"]) => name);
}

/** Keys of the secrets that a command is given: those of the instance's Secret are named as the parameters. */
function givenTo(task: Task): string[] {
  return task.kind === "Exec" ? (task.stdinFrom ?? []).map(({ key }) => key) : [];
}

function usesOwnSecret({ pkg, renderings }: PackageView): boolean {
  const own = secretsName(instanceNameOf(pkg));
  return renderings.some(({ templates }) =>
    templates.some(({ objects }) =>
      objects.some(({ object }) =>
        needsOf(object).some(({ kind, name }) => kind === "Secret" && name === own),
      ),
    ),
  );
}
