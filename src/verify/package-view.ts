import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { Capabilities } from "../model/scope.ts";
import { checkTemplate } from "../render/check-template.ts";
import { type OperatorWords, operatorWords } from "./operator-words.ts";
import { type RenderCache, type RenderedTemplate, renderPlans } from "./render-plans.ts";
import { type TaskUse, taskUses } from "./task-use.ts";

/** What the rules look at: the package and what follows from it, worked out once. */
export interface PackageView {
  readonly pkg: OperatorPackage;
  readonly uses: readonly TaskUse[];
  /** The expressions and templates of operator.yaml. */
  readonly words: OperatorWords;
  /** What is wrong with each template before it is rendered. */
  readonly templateIssues: readonly Issue[];
  /** One for each kind of cluster that was asked for. */
  readonly renderings: readonly {
    readonly capabilities: Capabilities;
    readonly templates: readonly RenderedTemplate[];
    readonly issues: readonly Issue[];
  }[];
}

/** Looks at a package as it would be on each of these clusters. */
export function viewPackage(pkg: OperatorPackage, clusters: readonly Capabilities[]): PackageView {
  const uses = taskUses(pkg);
  const checks = [...pkg.templates].map(([key, text]) => ({
    key,
    issues: checkTemplate({ key, text, parameters: pkg.parameters }),
  }));
  const broken = new Set(checks.filter(({ issues }) => issues.length > 0).map(({ key }) => key));
  const cache: RenderCache = new Map();
  return {
    pkg,
    uses,
    words: operatorWords(pkg),
    templateIssues: checks.flatMap(({ issues }) => issues),
    renderings: clusters.map((capabilities) => ({
      capabilities,
      ...renderPlans(pkg, uses, capabilities, broken, cache),
    })),
  };
}
