import { errorIssue } from "../../model/issue.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import type { ObjectRef } from "../../model/kube-object.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { pipeArtifactName, pipePodName } from "../../model/pipe-names.ts";
import type { Plan } from "../../model/plan.ts";
import type { RunInputs } from "../../model/run.ts";

/** What decides which artifacts templates can name. */
export type PipeInputs = Pick<RunInputs, "pkg" | "instance"> &
  Partial<Pick<RunInputs, "plans" | "inventory">>;

/** An artifact that some plan makes. */
interface Piped {
  readonly key: string;
  readonly plan: string;
  readonly name: string;
  readonly kind: string;
  /** Of the pod that the file is fetched from. */
  readonly pod: string;
  /** Plan, phase, step and task, as one word. */
  readonly path: string;
}

/**
 * Names of artifacts by their keys, as templates of a plan have them in `.Pipes`: those of the plan itself, made already or not; and those of other plans (D-04) that run
 * before it in this run or have run for the instance. Where several made one of a key, the latest. Throws a `bad-input` KplanError for a key that a plan has twice, and for pods
 * and artifacts that would share a name or have none.
 */
export function pipesOf(inputs: PipeInputs, plan: string): Record<string, string> {
  const all = pipedBy(inputs.pkg, inputs.instance.name);
  refuseTwins(all.filter((one) => one.plan === plan));
  const before = (inputs.plans ?? []).map(({ name }) => name);
  const isRun = ({ plan: maker }: Piped): boolean => before.includes(maker);
  const made = all
    .map((piped) => ({ piped, run: runThatMade(piped, inputs) }))
    .filter(({ run }) => run !== undefined)
    .sort((a, b) => (a.run ?? 0) - (b.run ?? 0))
    .map(({ piped }) => piped);
  const own = all.filter((one) => one.plan === plan);
  return Object.fromEntries(
    [...made, ...all.filter(isRun), ...own].map(({ key, name }) => [key, name]),
  );
}

/** Plans that would make an artifact of a key. */
export function plansThatPipe(pkg: OperatorPackage, key: string): readonly string[] {
  const all = pipedBy(pkg, "");
  return [...new Set(all.filter((one) => one.key === key).map(({ plan }) => plan))];
}

/** A template that names an artifact which is not there is told which plan makes it. */
export function withPipeHints(error: unknown, pkg: OperatorPackage): unknown {
  if (!(error instanceof KplanError) || error.issues.length === 0) return error;
  const issues = error.issues.map((issue) => {
    const key = /<[^>]*\.Pipes\.(\w+)[^>]*>.*no entry for key "\1"/.exec(issue.message)?.[1];
    const plans = key === undefined ? [] : plansThatPipe(pkg, key);
    if (plans.length === 0) return issue;
    const which = plans.map((plan) => `plan ${plan}`).join(" or ");
    const hint = `${which} makes Pipes.${key}, and has not done so for this instance yet`;
    return { ...issue, hint };
  });
  return new KplanError(error.code, error.message, { kind: error.kind, issues, cause: error });
}

function pipedBy({ operator }: OperatorPackage, instance: string): readonly Piped[] {
  return operator.plans.flatMap((plan) =>
    placesOf(plan).flatMap((place) => {
      const task = operator.tasks.find(({ name }) => name === place.task);
      if (task?.kind !== "Pipe") return [];
      return task.pipe.map(({ key, kind }) => ({
        key,
        kind,
        plan: plan.name,
        name: pipeArtifactName(instance, place, key),
        pod: pipePodName(instance, place),
        path: `${plan.name}.${place.phase}.${place.step}.${place.task}`,
      }));
    }),
  );
}

function placesOf({ name: plan, phases }: Plan): {
  readonly plan: string;
  readonly phase: string;
  readonly step: string;
  readonly task: string;
}[] {
  return phases.flatMap((phase) =>
    phase.steps.flatMap((step) =>
      step.tasks.map((task) => ({ plan, phase: phase.name, step: step.name, task })),
    ),
  );
}

function refuseTwins(piped: readonly Piped[]): void {
  const issues = piped.flatMap((one, index) => {
    const { key, plan, name, pod, path } = one;
    const before = piped.slice(0, index);
    const issue = (message: string) => [errorIssue("duplicate-pipe", message)];
    if (before.some((other) => other.key === key))
      return issue(`plan ${plan} makes more than one artifact of the key ${key}`);
    const twin = before.find((other) => isNamed(one, other.kind, other.name));
    if (twin)
      return issue(
        `the keys ${twin.key} and ${key} of plan ${plan} would be one ${one.kind}, ${name}: what is no letter or digit does not count`,
      );
    const other = before.find((other) => other.pod === pod && other.path !== path);
    if (other) return issue(`${other.path} and ${path} would be one pod, ${pod}`);
    return isObjectName(name) ? [] : issue(`${path} makes an artifact of no valid name, ${name}`);
  });
  if (issues.length > 0) refuse("pipes", issues);
}

/** The instance's name may be unknown yet; what it is made of has been checked. */
function isObjectName(name: string): boolean {
  return (
    name.length <= 253 &&
    name
      .split(".")
      .slice(1)
      .every((part) => part !== "")
  );
}

/** Number of the run that made an artifact last, 0 where that is not known; undefined when none has. */
function runThatMade({ name, kind }: Piped, { inventory = [] }: PipeInputs): number | undefined {
  const entry = inventory.find(({ ref }) => isNamed(ref, kind, name));
  return entry === undefined ? undefined : (entry.run ?? 0);
}

function isNamed(ref: Pick<ObjectRef, "kind" | "name">, kind: string, name: string): boolean {
  return ref.kind === kind && ref.name === name;
}
