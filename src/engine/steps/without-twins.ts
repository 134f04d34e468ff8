import type { Plan } from "../../model/plan.ts";

/** A plan as KUDO runs it (compat section 7.3, D-19): names are the identity, so a second phase or step of a name counts as done with the first. */
export function withoutTwins(plan: Plan): Plan {
  const phases = firstOfEachName(plan.phases).map((phase) => ({
    ...phase,
    steps: firstOfEachName(phase.steps),
  }));
  return { ...plan, phases };
}

function firstOfEachName<T extends { readonly name: string }>(all: readonly T[]): readonly T[] {
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);
}
