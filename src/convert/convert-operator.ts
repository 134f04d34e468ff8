import { errorIssue, type Issue, warningIssue } from "../model/issue.ts";
import { NATIVE_API_VERSION } from "../model/names.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { Parameter } from "../model/parameter.ts";
import type { Phase, Plan, Step } from "../model/plan.ts";
import type { Task } from "../model/task.ts";

/** operator.yaml and params.yaml of a native package, as they will be written, and what could not go into them. */
export interface ConvertedOperator {
  readonly operator: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly issues: readonly Issue[];
}

/** What a KUDO package says beside its templates, in the native dialect. An error for each thing that has no counterpart, a warning for what is not the same word for word. */
export function convertOperator(
  pkg: OperatorPackage,
  parameters: readonly Parameter[],
): ConvertedOperator {
  const { operator } = pkg;
  const issues: Issue[] = [];
  const tasks = operator.tasks.flatMap((task, index) =>
    convertTask(task, parameters, (message) =>
      issues.push(
        errorIssue("no-counterpart", message, pkg.placeOf("operator.yaml", ["tasks", index])),
      ),
    ),
  );
  const splits = new Map(
    operator.tasks.flatMap((task) =>
      task.kind === "Toggle" ? [[task.name, [task.name, offName(task.name)]] as const] : [],
    ),
  );
  const plans = Object.fromEntries(
    operator.plans.map((plan) => [plan.name, convertPlan(plan, splits)]),
  );
  const idles = Object.values(plans).some(({ phases }) => phases === NOTHING);
  if (operator.namespaceManifest !== undefined) {
    const at = pkg.placeOf("operator.yaml", ["namespaceManifest"]);
    const message = "native packages have no namespaceManifest: the namespace is made without it";
    issues.push(errorIssue("no-counterpart", message, at));
  }
  issues.push(...lostWords(pkg), ...stepNotes(pkg));
  const { name, operatorVersion, appVersion, kubernetesVersion, description, url } = operator;
  return {
    operator: defined({
      apiVersion: NATIVE_API_VERSION,
      name,
      description,
      operatorVersion,
      appVersion,
      kubernetesVersion,
      url,
      maintainers: operator.maintainers.length > 0 ? operator.maintainers : undefined,
      tasks: idles ? [...tasks, { name: IDLE, kind: "Dummy", spec: { done: true } }] : tasks,
      plans,
    }),
    params: defined({
      apiVersion: NATIVE_API_VERSION,
      groups:
        pkg.groups.length > 0
          ? pkg.groups.map(({ priority: _, ...group }) => defined(group))
          : undefined,
      parameters: parameters.map(parameterEntry),
    }),
    issues,
  };
}

/** What a Toggle is made of: a task that applies, and one of this name that deletes. */
function offName(name: string): string {
  return `${name}-off`;
}

type Entry = Readonly<Record<string, unknown>>;

function convertTask(
  task: Task,
  parameters: readonly Parameter[],
  refuse: (message: string) => void,
): Entry[] {
  const { name, kind } = task;
  switch (kind) {
    case "Apply":
    case "Delete":
      return [{ name, kind, spec: { resources: [...new Set(task.resources)] } }];
    case "Dummy": {
      const { wantErr, fatal, done } = task;
      const failing = wantErr ? { wantErr, ...(fatal && { fatal }) } : {};
      return [{ name, kind, spec: { ...failing, done } }];
    }
    case "Toggle": {
      const { resources, parameter } = task;
      const type = parameters.find((each) => each.name === parameter)?.type;
      // Another word ended KUDO's plan; here neither task does anything.
      const [yes, no] = [
        '["1", "t", "T", "TRUE", "true", "True"]',
        '["0", "f", "F", "FALSE", "false", "False"]',
      ];
      const isOn = type === "boolean" ? `Params.${parameter}` : `Params.${parameter} in ${yes}`;
      const isOff = type === "boolean" ? `!Params.${parameter}` : `Params.${parameter} in ${no}`;
      return [
        { name, kind: "Apply", when: isOn, spec: { resources } },
        { name: offName(name), kind: "Delete", when: isOff, spec: { resources } },
      ];
    }
    case "Pipe":
    case "KudoOperator":
      refuse(`task "${name}" of kind ${kind} has no counterpart in native packages`);
      return [];
    case "Exec":
      return [];
  }
}

const IDLE = "nothing";
const NOTHING: readonly Entry[] = [{ name: IDLE, steps: [{ name: IDLE, tasks: [IDLE] }] }];

/** Strategies are written out: KUDO's silence is parallel, the native one serial. */
function convertPlan(
  { strategy, phases }: Plan,
  splits: ReadonlyMap<string, readonly string[]>,
): { readonly strategy?: string; readonly phases: readonly Entry[] } {
  const converted = once(phases).flatMap((phase) => convertPhase(phase, splits));
  return converted.length === 0 ? { phases: NOTHING } : { strategy, phases: converted };
}

function convertPhase(
  { name, strategy, steps }: Phase,
  splits: ReadonlyMap<string, readonly string[]>,
): Entry[] {
  const converted = once(steps).flatMap((step) => convertStep(step, splits));
  return converted.length === 0 ? [] : [{ name, strategy, steps: converted }];
}

/** Tasks of a step are put in place without waiting for one another, as KUDO did. */
function convertStep(
  { name, tasks }: Step,
  splits: ReadonlyMap<string, readonly string[]>,
): Entry[] {
  const named = [...new Set(tasks.flatMap((task) => splits.get(task) ?? [task]))];
  if (named.length === 0) return [];
  return [{ name, ...(named.length > 1 && { strategy: "parallel" }), tasks: named }];
}

/** KUDO passes over a later phase or step of the same name. */
function once<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const first = new Map(entries.toReversed().map((entry) => [entry.name, entry]));
  return entries.filter((entry) => first.get(entry.name) === entry);
}

function parameterEntry(parameter: Parameter): Entry {
  const { at: _, required, immutable, default: value, ...rest } = parameter;
  const { name, type, displayName, description, hint, group, enum: allowed, trigger } = rest;
  return defined({
    name,
    displayName,
    description,
    hint,
    group: group === "" ? undefined : group,
    type,
    default: value,
    required: required ? undefined : false,
    enum: allowed,
    immutable: immutable ? true : undefined,
    trigger,
  });
}

/** Words without a meaning in native packages. */
function lostWords(pkg: OperatorPackage): Issue[] {
  const lost: Issue[] = [];
  if (pkg.operator.kudoVersion !== undefined)
    lost.push(
      warningIssue(
        "left-out",
        "kudoVersion is left out",
        pkg.placeOf("operator.yaml", ["kudoVersion"]),
      ),
    );
  for (const { name, advanced, at } of pkg.parameters)
    if (advanced)
      lost.push(warningIssue("left-out", `parameter ${name}: advanced is left out`, at));
  return lost;
}

/** Where the order of tasks counted. */
function stepNotes({ operator, placeOf }: OperatorPackage): Issue[] {
  const kinds = new Map(operator.tasks.map((task) => [task.name, task.kind]));
  return operator.plans.flatMap((plan) =>
    plan.phases.flatMap((phase, i) =>
      phase.steps.flatMap((step, j) => {
        const used = new Set(step.tasks.map((task) => kinds.get(task)));
        if (step.tasks.length < 2 || used.size < 2) return [];
        const path = ["plans", plan.name, "phases", i, "steps", j, "tasks"];
        const message = `the tasks of step ${plan.name}.${phase.name}.${step.name} begin at the same time; in KUDO they began in their order`;
        return [warningIssue("order", message, placeOf("operator.yaml", path))];
      }),
    ),
  );
}

function defined(entry: Entry): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}
