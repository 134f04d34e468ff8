import { type GoTemplate, parseGoTemplate } from "../../go-template/go-template.ts";
import { GoTemplateError } from "../../go-template/template-error.ts";
import { errorIssue, type Issue } from "../../model/issue.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { templateFile } from "../../render/problem.ts";
import { NEWEST_KUBERNETES } from "../known-capabilities.ts";
import type { PackageView } from "../package-view.ts";
import { renderPlans } from "../render-plans.ts";
import { taskUses } from "../task-use.ts";
import { type TemplateUses, templateUses } from "./template-uses.ts";

/** What the rules for KUDO packages look at. The native rules that hold for them too see it as their own. */
export interface KudoView extends PackageView {
  /** By key: the template's tree and what it names; only those that can be read. */
  readonly trees: ReadonlyMap<string, ReadTemplate>;
  /** Of those that cannot. */
  readonly parseIssues: readonly Issue[];
  /** What templates are for, by key; a template that is not there is for nothing. */
  readonly purposes: ReadonlyMap<string, ReadonlySet<TemplatePurpose>>;
}

/** A template that parses. */
export interface ReadTemplate {
  readonly template: GoTemplate;
  readonly uses: TemplateUses;
}

/** `objects`: of tasks that apply or delete, and pods of pipes · `parameters`: of another instance · `namespace`: the manifest. */
export type TemplatePurpose = "objects" | "parameters" | "namespace";

/** Looks at a KUDO package as a fresh install with its defaults would. Its templates know nothing of the cluster. */
export function viewKudoPackage(pkg: OperatorPackage): KudoView {
  const uses = taskUses(pkg);
  const trees = new Map<string, ReadTemplate>();
  const parseIssues: Issue[] = [];
  for (const [key, text] of pkg.templates) {
    const read = readTemplate(key, text);
    if ("template" in read) trees.set(key, read);
    else parseIssues.push(read);
  }
  const broken = new Set([...pkg.templates.keys()].filter((key) => !trees.has(key)));
  const capabilities = NEWEST_KUBERNETES;
  return {
    pkg,
    uses,
    words: { expressions: [], texts: [] },
    templateIssues: [],
    renderings: [{ capabilities, ...renderPlans(pkg, uses, capabilities, broken, new Map()) }],
    trees,
    parseIssues,
    purposes: purposesOf(pkg),
  };
}

function readTemplate(key: string, text: string): ReadTemplate | Issue {
  try {
    const template = parseGoTemplate(key, text);
    return { template, uses: templateUses(template) };
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error;
    const at = { file: templateFile(key), ...error.at };
    return errorIssue(`go-template-${error.kind}`, error.message, at);
  }
}

function purposesOf({ operator }: OperatorPackage): Map<string, Set<TemplatePurpose>> {
  const purposes = new Map<string, Set<TemplatePurpose>>();
  const add = (key: string | undefined, purpose: TemplatePurpose): void => {
    if (key === undefined || key === "") return;
    purposes.set(key, (purposes.get(key) ?? new Set()).add(purpose));
  };
  add(operator.namespaceManifest, "namespace");
  for (const task of operator.tasks) {
    if ("resources" in task) for (const key of task.resources) add(key, "objects");
    if (task.kind === "Pipe") add(task.pod, "objects");
    if (task.kind === "KudoOperator") add(task.parameterFile, "parameters");
  }
  return purposes;
}
