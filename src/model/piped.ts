import type { OperatorPackage } from "./package.ts";
import { pipeArtifactName, pipePodName } from "./pipe-names.ts";
import type { Plan } from "./plan.ts";

/** An artifact that some plan makes. */
export interface Piped {
  /** What templates call it. */
  readonly key: string;
  readonly plan: string;
  readonly name: string;
  readonly kind: string;
  /** Of the pod that the file is fetched from. */
  readonly pod: string;
  /** Plan, phase, step and task, as one word. */
  readonly path: string;
}

/** The artifacts of all plans of a package, for an instance of this name. */
export function pipedBy(
  { operator }: Pick<OperatorPackage, "operator">,
  instance: string,
): readonly Piped[] {
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

/** Why artifacts of one plan cannot all be: a key that is there twice, pods and artifacts that would share a name or have none. One sentence each. */
export function pipeTwins(piped: readonly Piped[]): readonly string[] {
  return piped.flatMap((one, index) => {
    const { key, kind, plan, name, pod, path } = one;
    const before = piped.slice(0, index);
    if (before.some((other) => other.key === key))
      return [`plan ${plan} makes more than one artifact of the key ${key}`];
    const twin = before.find((other) => other.kind === kind && other.name === name);
    if (twin)
      return [
        `the keys ${twin.key} and ${key} of plan ${plan} would be one ${kind}, ${name}: what is no letter or digit does not count`,
      ];
    const other = before.find((other) => other.pod === pod && other.path !== path);
    if (other) return [`${other.path} and ${path} would be one pod, ${pod}`];
    return isObjectName(name) ? [] : [`${path} makes an artifact of no valid name, ${name}`];
  });
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
