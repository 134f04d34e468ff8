import type { Issue } from "../../model/issue.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { checkTemplate } from "../../render/check-template.ts";
import { factUses } from "../../render/fact-uses.ts";
import type { At } from "../../render/template-tree.ts";
import { factProblem } from "../fact-tasks.ts";
import type { PlacedText } from "../operator-words.ts";
import type { PackageView } from "../package-view.ts";
import { placeInText } from "../place-in-text.ts";

/** The templates that stand in operator.yaml name what is declared, as those below templates/ do. */
export function checkTexts({ pkg, words }: PackageView): Issue[] {
  return words.texts.flatMap((placed) => issuesOf(placed, pkg));
}

function issuesOf({ text, path, hasRecord }: PlacedText, pkg: OperatorPackage): Issue[] {
  const { parameters } = pkg;
  const key = "operator.yaml";
  const found = checkTemplate({ key, text, parameters, hasRecord }).map((issue): Issue => {
    const at = placeInText(pkg, path, text, offsetOf(text, issue.at ?? { line: 1, col: 1 }));
    return { ...issue, at };
  });
  const facts = factUses(text).flatMap(({ path: [name], at }): Issue[] => {
    const problem = factProblem(pkg, name, "template");
    if (problem === undefined) return [];
    const place = placeInText(pkg, path, text, offsetOf(text, at));
    return [{ severity: "error", code: "unknown-fact", ...problem, at: place }];
  });
  return [...found, ...facts];
}

function offsetOf(text: string, { line, col }: At): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + col - 1;
}
