import { dependenciesOf } from "../../enhance/dependencies-of.ts";
import { ClusterError } from "../../model/cluster.ts";
import { hasErrors, type Issue } from "../../model/issue.ts";
import { isMap } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import {
  type KubeObject,
  type ObjectRef,
  refKey,
  refOf,
  refText,
} from "../../model/kube-object.ts";
import { podNameProblem } from "../../model/pod-names.ts";
import type { OnImmutable } from "../../model/rollout.ts";
import {
  type PlannedObject,
  type PreviewProblem,
  pathText,
  type RunInputs,
} from "../../model/run.ts";
import { isDriven } from "../children/applied-instance.ts";
import { hasFinished } from "../objects/finished-jobs.ts";
import type { TaskPath } from "../objects/materialize.ts";
import {
  definedKinds,
  kindKey,
  type LiveLookup,
  materializeLive,
} from "../objects/materialize-live.ts";
import { rolloutProblem } from "../rollout/rollout-view.ts";
import { guardedFacts } from "./foresee.ts";
import { foreseeTasks, stepAt } from "./foresee-tasks.ts";
import { knownTemplates } from "./known-templates.ts";
import { artifactsOf, mayDefineKinds, writingTask } from "./writing-task.ts";

/** One write that a run will do. */
export interface PlannedWrite {
  readonly path: TaskPath;
  readonly act: "apply" | "delete";
  /** As it will be applied. */
  readonly object: KubeObject;
  /** What its step does about a field that cannot be changed. */
  readonly onImmutable: OnImmutable;
  /** Why nothing can be said about it before the run has come that far. */
  readonly why?: string;
  /** The earlier task of the run that decides what is there when this write comes. */
  readonly after?: { readonly act: "apply" | "delete" };
  /** A deletion stands before it, which may make room. */
  readonly afterDelete: boolean;
}

/** An Instance among the objects of a task. */
export interface PlannedInstance {
  readonly path: TaskPath;
  readonly act: "apply" | "delete";
  readonly object: KubeObject;
  /** The last task before it in the run that is about the same Instance. */
  readonly after?: PlannedInstance;
}

/** All writes of a run in listed order, and what is known to be wrong with them without asking. */
export interface PlannedWrites {
  readonly writes: readonly PlannedWrite[];
  /** Templates whose objects are not known before the run has come that far. */
  readonly unknown: readonly PlannedObject[];
  /** Instances of other packages that are applied or deleted, and driven (`isDriven`). */
  readonly instances: readonly PlannedInstance[];
  /** A command is going to run in some pod. */
  readonly runsCommands: boolean;
  readonly problems: readonly PreviewProblem[];
  /** What is applied otherwise than the templates say, each sentence once. */
  readonly notes: readonly string[];
  /** See `definedKinds`; of the whole run. */
  readonly definedKinds: ReadonlyMap<string, boolean>;
}

/** The places of a run's tasks that are still to be done, in listed order. */
export function tasksToDo(inputs: Pick<RunInputs, "plans" | "statuses">): TaskPath[] {
  return inputs.plans.flatMap((plan) => {
    const status = inputs.statuses.find(({ name }) => name === plan.name);
    return plan.phases.flatMap((phase) =>
      phase.steps
        .filter((step) => {
          const steps = status?.phases.find(({ name }) => name === phase.name)?.steps;
          return steps?.find(({ name }) => name === step.name)?.status !== "COMPLETE";
        })
        .flatMap((step) =>
          step.tasks.map((task) => ({
            plan: plan.name,
            phase: phase.name,
            step: step.name,
            task,
          })),
        ),
    );
  });
}

/**
 * Renders the tasks at `paths` as if each had found the cluster as the ones before leave it, and says which objects can be asked about now.
 * Throws a `bad-input` KplanError with the problems of all templates, ClusterError when the cluster cannot be asked.
 */
export async function planWrites(
  inputs: RunInputs,
  paths: readonly TaskPath[],
  lookup: Omit<LiveLookup, "definedKinds" | "dependency">,
): Promise<PlannedWrites> {
  const history = new Map<string, PlannedWrite>();
  const read = remembered((ref) => lookup.requests(() => lookup.cluster.get(ref, lookup.options)));
  const kinds = new Map<string, boolean>();
  const writes: PlannedWrite[] = [];
  const unknown: PlannedObject[] = [];
  const foreseen = foreseeTasks(inputs, paths, lookup.cluster.simulated);
  const problems: PreviewProblem[] = [...foreseen.problems];
  const instances: PlannedInstance[] = [];
  const issues: Issue[] = [];
  const notes = new Set<string>();
  // Steps that may define kinds in ways that nobody can foresee, and artifacts of pods that have yet to run, with the place that makes them.
  const definers = new Set<string>();
  const piped = new Map<string, string>();
  for (const { path, task, pending, why } of foreseen.tasks) {
    const place = placeOf(path);
    const before = [...definers].some((one) => one !== place);
    if (mayDefineKinds(inputs.pkg, task)) definers.add(place);
    const whole = writingTask(task, inputs);
    if (whole === undefined) continue;
    if ("problem" in whole) {
      problems.push({ path, message: whole.problem });
      continue;
    }
    const artifacts = artifactsOf(whole, path, inputs);
    unknown.push(...artifacts);
    const guarded = { ...inputs, facts: guardedFacts(inputs.facts, pending) };
    const isSure = pending.size === 0 && why === undefined;
    const { known, later } =
      isSure || whole.kind === "Pipe"
        ? { known: whole, later: new Map<string, string>() }
        : knownTemplates(guarded, path, whole, why);
    unknown.push(...asLater(later, path));
    const found = await materializeLive(guarded, path, known, {
      ...lookup,
      definedKinds: kinds,
      dependency: async (ref) => {
        const before = history.get(refKey(ref));
        if (before === undefined) return await read(ref);
        return before.act === "apply" ? before.object : undefined;
      },
    }).catch((error: unknown) => collect(error, issues));
    if (found === undefined) continue;
    const act: PlannedWrite["act"] = known.kind === "Delete" ? "delete" : "apply";
    for (const { object, error } of act === "apply" && why === undefined ? found.notServed : []) {
      if (before) unknown.push({ path, ref: refOf(object), change: "later", why: error.message });
      else problems.push(notServed(path, object, error));
    }
    for (const note of found.notes) notes.add(note);
    const here = definedKinds(found.objects);
    for (const [kind, namespaced] of here) kinds.set(kind, namespaced);
    const driven = found.objects.filter((object) => isDriven(object, inputs));
    for (const object of driven) {
      const key = refKey(refOf(object));
      const after = instances.findLast((one) => refKey(refOf(one.object)) === key);
      instances.push({ path, act, object, ...(after !== undefined && { after }) });
    }
    for (const object of found.objects) {
      if (driven.includes(object)) continue;
      const missing = kinds.has(kindKey(object)) && !(await isServed(object, lookup));
      const step = stepAt(inputs, path);
      // What an earlier run has left of a Pipe task's pod is no use to this one.
      const onImmutable = known.kind === "Pipe" ? "recreate" : (step?.onImmutable ?? "refuse");
      const isRolled = step?.rollout !== undefined && object.kind === "StatefulSet";
      const unrolled = isRolled && act === "apply" ? rolloutProblem(object) : undefined;
      if (unrolled !== undefined) problems.push({ path, ref: refOf(object), message: unrolled });
      const unnamed = act === "apply" ? podNameProblem(object) : undefined;
      if (unnamed !== undefined)
        problems.push({
          path,
          ref: refOf(object),
          message: unnamed,
          hint: "give the instance a shorter name",
        });
      const isDone = act === "apply" && hasFinished(object, path, inputs.finished);
      const maker = act === "apply" ? makerOf(object, piped) : undefined;
      const reason =
        why ??
        (isDone ? "it has done its work in this run" : undefined) ??
        (maker && `its pods use what ${maker} writes`);
      const planning = {
        path,
        act,
        object,
        onImmutable,
        ...(reason !== undefined && { why: reason }),
      };
      const write = planned(planning, missing, { inputs, history, writes });
      writes.push(write);
      history.set(refKey(refOf(object)), write);
    }
    for (const { ref } of artifacts) piped.set(refKey(ref), pathText(path));
  }
  if (hasErrors(issues))
    throw new KplanError("bad-input", "the templates do not render", { kind: "bad-input", issues });
  const runsCommands = foreseen.tasks.some(
    ({ task: { kind }, path }) =>
      kind === "Exec" || kind === "Pipe" || stepAt(inputs, path)?.gate !== undefined,
  );
  const found = { writes, unknown, instances, problems, notes: [...notes] };
  return { ...found, runsCommands, definedKinds: kinds };
}

/** The step of a task. */
function placeOf({ plan, phase, step }: TaskPath): string {
  return pathText({ plan, phase, step });
}

/** The Pipe task of this run whose artifact the pods of an object use. */
function makerOf(object: KubeObject, piped: ReadonlyMap<string, string>): string | undefined {
  if (piped.size === 0) return undefined;
  return dependenciesOf(object)
    .map((ref) => piped.get(refKey(ref)))
    .find((maker) => maker !== undefined);
}

function asLater(later: ReadonlyMap<string, string>, path: TaskPath): readonly PlannedObject[] {
  const ref = (name: string): ObjectRef => ({ apiVersion: "", kind: "Template", name });
  return [...later].map(([key, why]) => ({ path, ref: ref(key), change: "later", why }));
}

/** Adds a template's problems to the others; anything else is thrown. */
function collect(error: unknown, issues: Issue[]): undefined {
  if (!(error instanceof KplanError) || error.issues.length === 0) throw error;
  const known = new Set(issues.map((issue) => JSON.stringify(issue)));
  issues.push(...error.issues.filter((issue) => !known.has(JSON.stringify(issue))));
  return undefined;
}

/** A write, and whether what comes before it in the run decides about it. */
function planned(
  write: Pick<PlannedWrite, "path" | "act" | "object" | "onImmutable" | "why">,
  kindMissing: boolean,
  run: {
    readonly inputs: RunInputs;
    readonly history: ReadonlyMap<string, PlannedWrite>;
    readonly writes: readonly PlannedWrite[];
  },
): PlannedWrite {
  const afterDelete = run.writes.some(({ act }) => act === "delete");
  if (write.why !== undefined) return { ...write, afterDelete };
  const before = run.history.get(refKey(refOf(write.object)));
  if (before !== undefined) {
    const did = before.act === "apply" ? "applies" : "deletes";
    const why = `${pathText(before.path)} ${did} it before`;
    return { ...write, afterDelete, why, after: before };
  }
  if (kindMissing) {
    const why = "its CustomResourceDefinition is applied before by this run";
    return { ...write, afterDelete, why };
  }
  const made = new Set(run.inputs.inventory.map(({ ref }) => refKey(ref)));
  for (const ref of needs(write.object)) {
    const maker = run.history.get(refKey(ref));
    if (maker === undefined || (maker.act === "apply" && made.has(refKey(ref)))) continue;
    const did = maker.act === "apply" ? "applies" : "deletes";
    const why = `it needs ${refText(ref)}, which ${pathText(maker.path)} ${did} before`;
    return { ...write, afterDelete, why };
  }
  return { ...write, afterDelete };
}

/** What must be there for the API server to accept an object. */
function needs(object: KubeObject): ObjectRef[] {
  const { namespace } = object.metadata;
  const refs: ObjectRef[] = [];
  if (namespace !== undefined) refs.push({ apiVersion: "v1", kind: "Namespace", name: namespace });
  const { roleRef, spec, apiVersion } = object;
  // Whoever may not do all that a role allows may bind it only if it can be read.
  if (isMap(roleRef)) {
    const role = { apiVersion, kind: String(roleRef.kind), name: String(roleRef.name) };
    refs.push(roleRef.kind === "Role" && namespace !== undefined ? { ...role, namespace } : role);
  }
  if (object.kind === "Pod" && isMap(spec)) {
    const { serviceAccountName, priorityClassName } = spec;
    if (typeof serviceAccountName === "string" && namespace !== undefined)
      refs.push({ apiVersion: "v1", kind: "ServiceAccount", name: serviceAccountName, namespace });
    if (typeof priorityClassName === "string")
      refs.push({
        apiVersion: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        name: priorityClassName,
      });
  }
  return refs;
}

function notServed(path: TaskPath, object: KubeObject, error: ClusterError): PreviewProblem {
  const problem = { path, ref: refOf(object), message: error.message };
  return error.hint === undefined ? problem : { ...problem, hint: error.hint };
}

async function isServed(
  { apiVersion, kind }: KubeObject,
  { cluster }: Pick<LiveLookup, "cluster">,
): Promise<boolean> {
  try {
    await cluster.resourceOf(apiVersion, kind);
    return true;
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "not-served") return false;
    throw error;
  }
}

/** Asks about each object once. */
function remembered(
  read: (ref: ObjectRef) => Promise<KubeObject | undefined>,
): (ref: ObjectRef) => Promise<KubeObject | undefined> {
  const answers = new Map<string, Promise<KubeObject | undefined>>();
  return (ref) => {
    const answer = answers.get(refKey(ref)) ?? read(ref);
    answers.set(refKey(ref), answer);
    return answer;
  };
}
