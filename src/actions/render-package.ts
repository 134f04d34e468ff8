import { servedBy } from "../api-upgrade/served-by.ts";
import { renamedObject, upgradeObject, upgradeText } from "../api-upgrade/upgrade-object.ts";
import { enhanceTask, renderTask } from "../engine/objects/materialize.ts";
import { guardedFacts } from "../engine/preview/foresee.ts";
import { knownTemplates } from "../engine/preview/known-templates.ts";
import { writingTask } from "../engine/preview/writing-task.ts";
import { errorIssue, hasErrors, type Issue, warningIssue } from "../model/issue.ts";
import { KplanError, refuse } from "../model/kplan-error.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { defaultInstanceName } from "../model/names.ts";
import { didYouMean } from "../model/nearest.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { ParameterValues } from "../model/parameter.ts";
import { pathText, type RunInputs, type RunPath } from "../model/run.ts";
import type { Capabilities } from "../model/scope.ts";
import { findOffline } from "../package/resolve/find-offline.ts";
import type { FindPackage } from "../package/resolve/resolve-package.ts";
import { readAssignments } from "../params/read-assignments.ts";
import type { RenderedObject } from "../render/render-objects.ts";
import { desiredParameters } from "./change/desired-parameters.ts";
import type { GivenValues } from "./change/given-values.ts";
import { CLUSTER_SCOPED_KINDS } from "./cluster-scoped-kinds.ts";

/** What `package render` is asked for. */
export interface RenderRequest {
  readonly source: string;
  /** Finds the package by what people call it; absent: only on this machine. */
  readonly find?: FindPackage;
  readonly values: GivenValues;
  /** Only this plan; every plan when absent. */
  readonly plan?: string;
  /** Only steps of this name. */
  readonly step?: string;
  /** `<operator>-instance` when absent. */
  readonly instance?: string;
  /** `default` when absent. */
  readonly namespace?: string;
  /** What the cluster is taken to serve. */
  readonly capabilities: Capabilities;
  /** Objects of APIs that such a cluster serves no more in the version that took their place; as the dialect has it when absent. */
  readonly apiUpgrade?: boolean;
}

/** The objects of one task, as they would be applied or deleted. */
export interface RenderedTask {
  /** plan, phase, step, task. */
  readonly path: RunPath;
  readonly act: "apply" | "delete";
  readonly objects: readonly KubeObject[];
}

/**
 * Renders a package offline; values are checked as for an install. The run's uid is `00000000-…`, and what only a cluster knows (the content of objects
 * that another step applies) is missing from restart hashes. Throws a `bad-input` KplanError with every problem.
 */
export async function renderPackage(
  request: RenderRequest,
): Promise<{ readonly tasks: readonly RenderedTask[]; readonly warnings: readonly Issue[] }> {
  const { pkg, issues } = await (request.find ?? findOffline)({ name: request.source });
  if (!pkg) refuse(request.source, issues);
  const name = request.instance ?? defaultInstanceName(pkg.operator.name);
  const assigned = await readAssignments(pkg, request.values);
  const { desired, issues: found } = desiredParameters(pkg, assigned, { name });
  if (hasErrors(found)) refuse(`parameters of ${pkg.operator.name}`, found);
  const inputs = offlineInputs(pkg, desired.values, { ...request, instance: name });
  const rendered = pathsOf(pkg, request).map((path) => renderAt(inputs, path));
  const late = new Map(
    rendered.flatMap((each) =>
      each.later.map((issue) => [`${issue.at?.file} ${issue.message}`, issue] as const),
    ),
  );
  return {
    tasks: rendered.flatMap(({ tasks }) => tasks),
    warnings: [...issues, ...found, ...late.values()].filter(
      ({ severity }) => severity === "warning",
    ),
  };
}

type OfflineInputs = Omit<RunInputs, "statuses" | "inventory">;

function offlineInputs(
  pkg: OperatorPackage,
  parameters: ParameterValues,
  request: RenderRequest & { readonly instance: string },
): OfflineInputs {
  const uid = "00000000-0000-0000-0000-000000000000";
  return {
    uid,
    pkg,
    instance: { name: request.instance, namespace: request.namespace ?? "default", uid },
    parameters,
    facts: guardedFacts({}, new Set(commandsOf(pkg))),
    capabilities: request.capabilities,
    constants: { seed: uid, startedAt: "1970-01-01T00:00:00Z" },
    // What any plan pipes counts as made.
    plans: pkg.operator.plans,
    hashSalt: "",
    apiUpgrade: request.apiUpgrade ?? pkg.dialect === "kudo",
  };
}

/** The tasks asked for, in the order of the package. Throws when there is no such plan or step. */
function pathsOf(pkg: OperatorPackage, request: RenderRequest): readonly Required<RunPath>[] {
  const { plans } = pkg.operator;
  refuseUnknown(
    "plan",
    request.plan,
    plans.map(({ name }) => name),
  );
  const chosen = plans.filter(({ name }) => request.plan === undefined || name === request.plan);
  const steps = chosen.flatMap((plan) =>
    plan.phases.flatMap((phase) =>
      phase.steps.map((step) => ({ plan: plan.name, phase: phase.name, step })),
    ),
  );
  refuseUnknown(
    "step",
    request.step,
    steps.map(({ step }) => step.name),
  );
  return steps
    .filter(({ step }) => request.step === undefined || step.name === request.step)
    .flatMap(({ plan, phase, step }) =>
      step.tasks.map((task) => ({ plan, phase, step: step.name, task })),
    );
}

function commandsOf({ operator }: OperatorPackage): readonly string[] {
  return operator.tasks.filter(({ kind }) => kind === "Exec").map(({ name }) => name);
}

/** What a task's templates say; those that read what a command finds out cannot say it offline. */
function renderAt(
  inputs: OfflineInputs,
  path: Required<RunPath>,
): { readonly tasks: readonly RenderedTask[]; readonly later: readonly Issue[] } {
  const named = inputs.pkg.operator.tasks.find(({ name }) => name === path.task);
  const task = named && writingTask(named, inputs);
  if (!task) return { tasks: [], later: [] };
  if ("problem" in task) refuse(pathText(path), [errorIssue("bad-task", task.problem)]);
  const { known, later } =
    task.kind === "Pipe" ? { known: task, later: [] } : knownTemplates(inputs, path, task);
  const act = task.kind === "Delete" ? "delete" : "apply";
  const { upgraded, notes } = upgrade(inputs, renderTask(inputs, path, known), act);
  const objects = enhanceTask(inputs, path, upgraded, {
    isNamespaced: ({ kind }) => !CLUSTER_SCOPED_KINDS.has(kind),
    dependency: () => undefined,
  });
  const warnings = [...later].map(([key, why]) =>
    warningIssue("not-rendered", `not rendered: ${why}`, {
      file: `templates/${key}`,
      line: 1,
      col: 1,
    }),
  );
  return { tasks: [{ path, act, objects }], later: [...warnings, ...notes] };
}

/** Objects as such a cluster would get them, and what is said of those that are not as they are written. */
function upgrade(
  { apiUpgrade, capabilities }: OfflineInputs,
  rendered: readonly RenderedObject[],
  act: RenderedTask["act"],
): { readonly upgraded: readonly KubeObject[]; readonly notes: readonly Issue[] } {
  const served = servedBy(capabilities.KubeVersion.Minor);
  const serves: typeof served = (apiVersion, kind) =>
    capabilities.APIVersions.includes(apiVersion) || served(apiVersion, kind);
  if (!apiUpgrade) return { upgraded: rendered.map(({ object }) => object), notes: [] };
  const notes: Issue[] = [];
  const upgraded = rendered.map(({ object, template }) => {
    if (act === "delete") return renamedObject(object, serves);
    const found = upgradeObject(object, serves);
    if (found === undefined) return object;
    const at = { file: `templates/${template}`, line: 1, col: 1 };
    const isDone = found.kind === "converted";
    const message = isDone ? upgradeText(found.object, found.from, found.notes) : found.message;
    notes.push(warningIssue("old-api", message, at, isDone ? undefined : found.hint));
    return isDone ? found.object : object;
  });
  return { upgraded, notes };
}

function refuseUnknown(what: string, wanted: string | undefined, known: readonly string[]): void {
  if (wanted === undefined || known.includes(wanted)) return;
  throw new KplanError(
    `no-such-${what}`,
    `there is no ${what} ${wanted}${didYouMean(wanted, known)}`,
    { kind: "bad-input", hint: `${what}s: ${[...new Set(known)].join(", ")}` },
  );
}
