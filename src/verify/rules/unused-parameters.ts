import { type Issue, warningIssue } from "../../model/issue.ts";
import { secretsName } from "../../model/names.ts";
import { usedParameters } from "../../render/check-template.ts";
import { needsOf } from "../needs-of.ts";
import type { PackageView } from "../package-view.ts";
import { instanceNameOf } from "../render-plans.ts";

/**
 * Every parameter is read by a template. Secrets are also read by pods that use the instance's Secret by its name. Says nothing while a template is
 * wrong: it may have meant any of them.
 */
export function unusedParameters(view: PackageView): Issue[] {
  const { pkg, templateIssues } = view;
  if (templateIssues.length > 0) return [];
  const used = new Set([...pkg.templates.values()].flatMap((text) => [...usedParameters(text)]));
  if (used.has("*")) return [];
  const secretsAreUsed = usesOwnSecret(view);
  return pkg.parameters
    .filter(({ name, type }) => !used.has(name) && !(type === "secret" && secretsAreUsed))
    .map(({ name, at }) =>
      warningIssue("unused-parameter", `parameter ${name} is read by no template`, at),
    );
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
