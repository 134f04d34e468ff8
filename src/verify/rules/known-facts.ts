import type { Issue } from "../../model/issue.ts";
import { factUses } from "../../render/fact-uses.ts";
import { factProblem } from "../fact-tasks.ts";
import type { PackageView } from "../package-view.ts";

/** A fact that a template reads is found out by a task of kind Exec. */
export function knownFacts({ pkg }: PackageView): Issue[] {
  return [...pkg.templates].flatMap(([key, text]) =>
    factUses(text).flatMap(({ path: [name], at: { line, col } }): Issue[] => {
      const problem = factProblem(pkg, name, "template");
      const at = { file: `templates/${key}`, line, col };
      return problem ? [{ severity: "error", code: "unknown-fact", ...problem, at }] : [];
    }),
  );
}
