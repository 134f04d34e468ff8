import type { Issue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import { KplanError } from "../model/kplan-error.ts";
import { defaultInstanceName } from "../model/names.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import type { Capabilities, TemplateScope } from "../model/scope.ts";
import { resolveParams } from "../params/resolve-params.ts";
import { type RenderedObject, renderObjects } from "../render/render-objects.ts";
import type { TaskUse } from "./task-use.ts";

/** A template as one task of one step renders it. */
export interface RenderedTemplate {
  readonly use: TaskUse;
  readonly act: "apply" | "delete";
  /** Index among the task's resources. */
  readonly resource: number;
  readonly key: string;
  readonly objects: readonly RenderedObject[];
}

/** The name that instances have while a package is verified. */
export function instanceNameOf(pkg: OperatorPackage): string {
  return defaultInstanceName(pkg.operator.name);
}

/**
 * Renders the templates of every step of every plan as a fresh install on such a cluster would: with the defaults, and placeholders for what must be given.
 * A template that does not render gives its issues and nothing else.
 * @param skip keys of templates that are known not to render
 * @param cache what was rendered before, of this package
 */
export function renderPlans(
  pkg: OperatorPackage,
  uses: readonly TaskUse[],
  capabilities: Capabilities,
  skip: ReadonlySet<string>,
  cache: RenderCache,
): { templates: RenderedTemplate[]; issues: Issue[] } {
  const common = scopeOf(pkg, capabilities);
  const templates: RenderedTemplate[] = [];
  const issues: Issue[] = [];
  for (const use of uses) {
    const { task, plan, phase, step } = use;
    if (task === undefined || task.kind === "Dummy" || task.kind === "Exec") continue;
    const scope: TemplateScope = {
      ...common,
      PlanName: plan.name,
      PhaseName: phase.name,
      StepName: step.name,
      TaskName: task.name,
    };
    const act = task.kind === "Apply" ? "apply" : "delete";
    for (const [resource, key] of task.resources.entries()) {
      if (!pkg.templates.has(key) || skip.has(key)) continue;
      const rendered = renderOnce(pkg, key, scope, cache);
      if ("objects" in rendered) templates.push({ use, act, resource, key, ...rendered });
      else issues.push(...rendered.issues);
    }
  }
  return { templates, issues };
}

type Rendered =
  | { readonly objects: readonly RenderedObject[] }
  | { readonly issues: readonly Issue[] };

/** Renderings by template and by what of the scope it can tell apart. */
export type RenderCache = Map<string, Rendered>;

/** What differs from one step, or one cluster, to another. Most templates name none of it and are rendered once. */
const VARYING = ["PlanName", "PhaseName", "StepName", "TaskName", "Capabilities"] as const;

function renderOnce(
  pkg: OperatorPackage,
  key: string,
  scope: TemplateScope,
  cache: RenderCache,
): Rendered {
  const text = pkg.templates.get(key) ?? "";
  const id = JSON.stringify([key, VARYING.map((name) => text.includes(name) && scope[name])]);
  const known = cache.get(id);
  if (known) return known;
  const rendered = render(pkg, key, scope);
  cache.set(id, rendered);
  return rendered;
}

function render(pkg: OperatorPackage, key: string, scope: TemplateScope): Rendered {
  try {
    return { objects: renderObjects(pkg, [key], scope, CONSTANTS) };
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    return { issues: error.issues };
  }
}

const CONSTANTS = { seed: "verify", startedAt: "2000-01-01T00:00:00Z" } as const;

function scopeOf(
  pkg: OperatorPackage,
  capabilities: Capabilities,
): Omit<TemplateScope, "PlanName" | "PhaseName" | "StepName" | "TaskName"> {
  const { operator, parameters } = pkg;
  const placeholders = parameters
    .filter((parameter) => parameter.required && parameter.default === undefined)
    .map((parameter) => [parameter.name, placeholderOf(parameter)]);
  const given: Record<string, Json> = Object.fromEntries(placeholders);
  const name = instanceNameOf(pkg);
  return {
    Name: name,
    Namespace: "default",
    OperatorName: operator.name,
    OperatorVersion: operator.operatorVersion,
    AppVersion: operator.appVersion ?? "",
    Params: resolveParams(parameters, given, name).values,
    Pipes: {},
    Facts: {},
    Capabilities: capabilities,
  };
}

const PLACEHOLDERS: Readonly<Record<ParameterType, Json>> = {
  string: "placeholder",
  secret: "placeholder",
  integer: 1,
  number: 1,
  boolean: true,
  array: [],
  map: {},
};

function placeholderOf({ type, enum: allowed }: Parameter): Json {
  return allowed?.[0] ?? PLACEHOLDERS[type];
}
