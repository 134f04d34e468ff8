import { errorIssue, type Issue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import { KplanError } from "../model/kplan-error.ts";
import { defaultInstanceName } from "../model/names.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { Parameter, ParameterType, ParameterValues } from "../model/parameter.ts";
import { pipePodName } from "../model/pipe-names.ts";
import type { Capabilities, TemplateScope } from "../model/scope.ts";
import type { PipeTask } from "../model/task.ts";
import { kudoDefault, kudoYaml } from "../params/kudo-text.ts";
import { resolveParams } from "../params/resolve-params.ts";
import { pipePod } from "../render/pipe-pod.ts";
import { templateFile } from "../render/problem.ts";
import { type RenderedObject, renderObjects } from "../render/render-objects.ts";
import { meteredSteps } from "./placed-meters.ts";
import { CONSTANTS, type Rendered, renderWithFacts } from "./render-with-facts.ts";
import type { TaskUse } from "./task-use.ts";

/** A template as one task of one step renders it, or the meter beside it. */
export interface RenderedTemplate {
  readonly use: TaskUse;
  /** `pipe`: the pod of a Pipe task. */
  readonly act: "apply" | "delete" | "meter" | "pipe";
  /** Index among the task's resources; 0 for a meter. */
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
 * A template that does not render gives its issues and nothing else; one that needs facts which only a run finds out is left out (`render-with-facts.ts`).
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
  const templates: RenderedTemplate[] = [];
  const issues: Issue[] = [];
  for (const { use, act, keys } of [...tasksOf(uses), ...metersOf(pkg)]) {
    const scope = scopeOfStep(pkg, use, capabilities);
    for (const [resource, key] of keys.entries()) {
      if (!pkg.templates.has(key) || skip.has(key)) continue;
      const { task } = use;
      const rendered =
        task?.kind === "Pipe"
          ? renderPod(pkg, task, use, scope)
          : renderOnce(pkg, key, scope, cache);
      if (rendered === undefined) continue;
      if ("objects" in rendered) templates.push({ use, act, resource, key, ...rendered });
      else issues.push(...rendered.issues);
    }
  }
  return { templates, issues };
}

/** What is rendered in one place. */
interface Rendering extends Pick<RenderedTemplate, "use" | "act"> {
  readonly keys: readonly string[];
}

function tasksOf(uses: readonly TaskUse[]): Rendering[] {
  return uses.flatMap((use): Rendering[] => {
    const { task } = use;
    if (task?.kind === "Pipe") return [{ use, act: "pipe", keys: [task.pod] }];
    if (task === undefined || !("resources" in task)) return [];
    // What a Toggle may apply is looked at as if it did.
    return [{ use, act: task.kind === "Delete" ? "delete" : "apply", keys: task.resources }];
  });
}

/** The meters of the steps that have one; the package's own, which --meter puts beside any step, beside the first at least. */
function metersOf(pkg: OperatorPackage): Rendering[] {
  const { meter: own, plans } = pkg.operator;
  const measured = meteredSteps(pkg);
  const [plan] = plans;
  const [phase] = plan?.phases ?? [];
  const [step] = phase?.steps ?? [];
  const isUnused = own && measured.every(({ meter }) => meter !== own);
  const extra =
    isUnused && plan && phase && step ? [{ meter: own, step: stepAt(plan, phase, step) }] : [];
  return [...measured, ...extra].map(({ meter, step: use }) => ({
    use,
    act: "meter",
    keys: [meter.pod],
  }));
}

function stepAt(plan: TaskUse["plan"], phase: TaskUse["phase"], step: TaskUse["step"]): TaskUse {
  return { plan, phase, step, name: "meter", task: undefined, position: [0, 0, -1] };
}

/** Renderings by template and by what of the scope it can tell apart. */
export type RenderCache = Map<string, Rendered | undefined>;

/** What differs from one step, or one cluster, to another. Most templates name none of it and are rendered once. */
const VARYING = ["PlanName", "PhaseName", "StepName", "TaskName", "Capabilities"] as const;

function renderOnce(
  pkg: OperatorPackage,
  key: string,
  scope: TemplateScope,
  cache: RenderCache,
): Rendered | undefined {
  const text = pkg.templates.get(key) ?? "";
  const id = JSON.stringify([key, VARYING.map((name) => text.includes(name) && scope[name])]);
  if (cache.has(id)) return cache.get(id);
  const rendered = renderWithFacts(pkg, key, scope);
  cache.set(id, rendered);
  return rendered;
}

/** The pod of a Pipe task, by KUDO's rules for such a pod. */
function renderPod(
  pkg: OperatorPackage,
  task: PipeTask,
  { plan, phase, step }: TaskUse,
  scope: TemplateScope,
): Rendered {
  const place = { plan: plan.name, phase: phase.name, step: step.name, task: task.name };
  try {
    const named = pipePodName(scope.Name, place);
    const rendered = renderObjects(pkg, [task.pod], scope, CONSTANTS, named);
    const pod = pipePod(
      rendered.map(({ object }) => object),
      task,
    );
    return { objects: rendered.map((one) => ({ ...one, object: pod })) };
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    if (error.issues.length > 0) return { issues: error.issues };
    const at = { file: templateFile(task.pod), line: 1, col: 1 };
    return { issues: [errorIssue(error.code, error.message, at)] };
  }
}

/** The names that a template of a step sees in a fresh install. */
export function scopeOfStep(
  pkg: OperatorPackage,
  { plan, phase, step, name: task }: Pick<TaskUse, "plan" | "phase" | "step" | "name">,
  capabilities: Capabilities,
): TemplateScope {
  const { operator } = pkg;
  return {
    Name: instanceNameOf(pkg),
    Namespace: "default",
    OperatorName: operator.name,
    OperatorVersion: operator.operatorVersion,
    AppVersion: operator.appVersion ?? "",
    PlanName: plan.name,
    PhaseName: phase.name,
    StepName: step.name,
    TaskName: task,
    Params: valuesOf(pkg),
    Pipes: pipesOf(pkg),
    Facts: {},
    Capabilities: capabilities,
  };
}

/** Names of the files of all Pipe tasks, whatever plan they are of. */
function pipesOf({ operator }: OperatorPackage): Readonly<Record<string, string>> {
  const keys = operator.tasks.flatMap((task) =>
    task.kind === "Pipe" ? task.pipe.map(({ key }) => key) : [],
  );
  return Object.fromEntries(keys.map((key) => [key, `pipe-${key.toLowerCase()}`]));
}

const values = new WeakMap<OperatorPackage, ParameterValues>();

function valuesOf(pkg: OperatorPackage): ParameterValues {
  const known = values.get(pkg);
  if (known) return known;
  const made = pkg.dialect === "kudo" ? kudoTexts(pkg) : nativeValues(pkg);
  values.set(pkg, made);
  return made;
}

/** Texts, as an Instance keeps them. */
function kudoTexts(pkg: OperatorPackage): ParameterValues {
  return Object.fromEntries(
    pkg.parameters.map((parameter) => {
      const { name, required } = parameter;
      const text = kudoDefault(parameter);
      if (text !== undefined || !required) return [name, text ?? ""];
      const value = placeholderOf(parameter);
      return [name, typeof value === "object" ? kudoYaml(value) : String(value)];
    }),
  );
}

function nativeValues(pkg: OperatorPackage): ParameterValues {
  const placeholders = pkg.parameters
    .filter((parameter) => parameter.required && parameter.default === undefined)
    .map((parameter) => [parameter.name, placeholderOf(parameter)]);
  const given: Record<string, Json> = Object.fromEntries(placeholders);
  return resolveParams(pkg.parameters, given, instanceNameOf(pkg)).values;
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
