import { errorIssue, type Issue } from "../../../model/issue.ts";
import { isMap } from "../../../model/json.ts";
import { KplanError } from "../../../model/kplan-error.ts";
import { templateFile } from "../../../render/problem.ts";
import { renderKudoTemplate } from "../../../render/render-kudo-template.ts";
import { goJson, parseGoYaml } from "../../../yaml/parse-go-yaml.ts";
import { CONSTANTS, renderWithFacts } from "../../render-with-facts.ts";
import type { KudoView } from "../kudo-view.ts";
import { outsideScope } from "../outside-scope.ts";
import { definedNames } from "./defined-names.ts";

/**
 * Every template renders with the defaults: in each step that uses it, and those that no step uses in a plan, phase and step of no name; to Kubernetes objects, but for files of
 * parameters (verifier 9). Says nothing of a template whose names are wrong already.
 */
export function rendersAll(view: KudoView): Issue[] {
  const { pkg, uses, trees, purposes, renderings } = view;
  const wrong = new Set(definedNames(view).map(({ at }) => at?.file));
  const used = new Set(
    uses.flatMap(({ task }) =>
      task && "resources" in task ? task.resources : task?.kind === "Pipe" ? [task.pod] : [],
    ),
  );
  const scope = outsideScope(pkg);
  const further = [...trees.keys()]
    .filter((key) => !wrong.has(templateFile(key)))
    .flatMap((key): readonly Issue[] => {
      const purpose = purposes.get(key);
      if (purpose?.has("parameters")) return parameterFileIssues(key);
      if (used.has(key)) return [];
      const rendered = renderWithFacts(pkg, key, scope);
      return rendered && "issues" in rendered ? rendered.issues : [];
    });
  const inPlans = renderings
    .flatMap(({ issues }) => issues)
    .filter(({ at }) => !wrong.has(at?.file.replace(/ \(rendered\)$/, "")));
  // What has no place is about the values of parameters, which have rules of their own.
  return [...inPlans, ...further].filter(({ at }) => at !== undefined);

  function parameterFileIssues(key: string): readonly Issue[] {
    const { PlanName: _, PhaseName: __, StepName: ___, Pipes: ____, ...outside } = scope;
    const text = pkg.templates.get(key) ?? "";
    try {
      const rendered = renderKudoTemplate({
        key,
        text,
        scope: outside,
        constants: CONSTANTS,
        declared: pkg.parameters,
      });
      const { root, issues } = parseGoYaml(rendered, `${templateFile(key)} (rendered)`);
      const value = root ? goJson(root.node) : null;
      const at = { file: `${templateFile(key)} (rendered)`, line: 1, col: 1 };
      const noMap = errorIssue("no-parameters", "a file of parameters is a map", at);
      const errors = issues.filter(({ severity }) => severity === "error");
      return errors.length > 0 || value === null || isMap(value) ? errors : [noMap];
    } catch (error) {
      if (!(error instanceof KplanError)) throw error;
      return error.issues;
    }
  }
}
