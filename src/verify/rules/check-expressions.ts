import { parseExpression } from "../../expressions/parse-expression.ts";
import { errorIssue, type Issue } from "../../model/issue.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { type KnownMap, type Shape, scopeShape } from "../../render/shape.ts";
import { factProblem } from "../fact-tasks.ts";
import type { PlacedExpression } from "../operator-words.ts";
import type { PackageView } from "../package-view.ts";
import { placeInText } from "../place-in-text.ts";

/** Every expression parses, gives what is wanted of it, and names only what is declared. */
export function checkExpressions({ pkg, words }: PackageView): Issue[] {
  const shapes = shapesOf(pkg);
  return words.expressions.flatMap((expression) => issuesOf(expression, shapes, pkg));
}

function issuesOf(
  { text, path, names, wants }: PlacedExpression,
  shapes: ReadonlyMap<string, Shape>,
  pkg: OperatorPackage,
): Issue[] {
  const { problem, uses, type } = parseExpression(text, names);
  const issue = (message: string, offset: number, hint?: string) =>
    errorIssue(
      "expression",
      `${String(path.at(-1))}: ${message}`,
      placeInText(pkg, path, text, offset),
      hint,
    );
  const wrong: Issue[] = [];
  for (const { path: use, offset } of uses) {
    const cut = use[0] === "Facts" ? factProblem(pkg, use[1], "expression") : undefined;
    if (cut?.hint) return [issue(cut.message, offset, cut.hint)];
  }
  if (problem) return [issue(problem.message, problem.offset)];
  if (type !== wants && type !== "dyn") wrong.push(issue(typeMessage(wants, type), 0));
  for (const use of uses) {
    const [root = "", ...members] = use.path;
    if (root === "Facts") {
      const found = factProblem(pkg, members[0], "expression");
      if (found) wrong.push(issue(found.message, use.offset, found.hint));
      continue;
    }
    const message = pathProblem(shapes.get(root), members, root);
    if (message !== undefined) wrong.push(issue(message, use.offset));
  }
  return wrong;
}

function typeMessage(wants: PlacedExpression["wants"], type: string): string {
  const wanted = wants === "bool" ? "a condition, true or false" : "a whole number";
  return `expected ${wanted}, the expression gives ${type}`;
}

/** What is known of each name that an expression may use. */
function shapesOf(pkg: OperatorPackage): ReadonlyMap<string, Shape> {
  const integer: Shape = { kind: "scalar", what: "an integer" };
  const pod: KnownMap = {
    kind: "record",
    role: "other",
    members: new Map<string, Shape>([
      ["name", { kind: "scalar", what: "a text" }],
      ["ordinal", integer],
    ]),
  };
  return new Map<string, Shape>([
    ...scopeShape(pkg.parameters).members,
    ["Pod", pod],
    ["Pods", { kind: "list", item: { kind: "open" } }],
    ["Values", { kind: "map" }],
    ["Expected", integer],
  ]);
}

/** What is wrong with members of a value, as far as it is known. */
function pathProblem(
  start: Shape | undefined,
  members: readonly string[],
  root: string,
): string | undefined {
  let shape: Shape = start ?? { kind: "open" };
  let said = root;
  for (const member of members) {
    switch (shape.kind) {
      case "open":
      case "map":
        return undefined;
      case "scalar":
        return `${said} is ${shape.what}: it has no member ${member}`;
      case "list":
        return `${said} is a list: it has items [0], [1], … and size(${said}), no ${member}`;
      case "record": {
        const next = shape.members.get(member);
        const near = didYouMean(member, shape.members.keys());
        if (next === undefined)
          return shape.role === "params"
            ? `no parameter ${member} is declared in params.yaml${near}`
            : `${said} has no ${member}${near}`;
        shape = next;
        said = `${said}.${member}`;
      }
    }
  }
  return undefined;
}
