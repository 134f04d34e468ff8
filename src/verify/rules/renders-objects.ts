import { errorIssue, type Issue, warningIssue } from "../../model/issue.ts";
import type { PackageView } from "../package-view.ts";

/** Every template that is used renders an object somewhere: an error when it never can, a warning when a condition keeps it from it by default. */
export function rendersObjects({ pkg, renderings }: PackageView): Issue[] {
  const rendered = renderings.flatMap(({ templates }) => templates);
  const failed = new Set(renderings.flatMap(({ issues }) => issues.map(({ at }) => at?.file)));
  const full = new Set(rendered.filter(({ objects }) => objects.length > 0).map(({ key }) => key));
  const empty = new Set(rendered.map(({ key }) => key).filter((key) => !full.has(key)));
  return [...empty].flatMap((key) => {
    const file = `templates/${key}`;
    if ([...failed].some((other) => other?.startsWith(file))) return [];
    const at = { file, line: 1, col: 1 };
    return pkg.templates.get(key)?.includes("{{")
      ? warningIssue("no-object", `${file} renders no object with the default parameters`, at)
      : errorIssue("no-object", `${file} holds no Kubernetes object`, at);
  });
}
