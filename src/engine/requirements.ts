import { isTrue } from "../expressions/evaluate.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { Requirement } from "../model/requirement.ts";
import type { RunInputs, RunPath } from "../model/run.ts";
import { conditionScope, lacksFact } from "./objects/conditions.ts";
import { renderText } from "./objects/render-text.ts";

/** A requirement that does not hold, and what it says to people. */
export interface Unmet {
  readonly id: string;
  readonly message: string;
}

/** Where requirements are judged. */
export interface RequirementWorld {
  readonly inputs: RunInputs;
  /** No container runs: what needs a fact that nobody found out is taken to hold. */
  readonly simulated: boolean;
  /** Hears of what could not be judged. */
  readonly warn: (message: string) => void;
}

/**
 * Those of the requirements at `path` that do not hold and were not allowed. One that cannot be evaluated does not hold, and its message says why.
 * Throws a `bad-input` KplanError for a message that does not render.
 */
export function unmetRequirements(
  requirements: readonly Requirement[],
  path: RunPath,
  world: RequirementWorld,
): Unmet[] {
  const allowed = new Set(world.inputs.allowed);
  return requirements
    .filter(({ id }) => !allowed.has(id))
    .flatMap((requirement) => {
      const message = whyUnmet(requirement, path, world);
      return message === undefined ? [] : [{ id: requirement.id, message }];
    });
}

/** What to type to go on all the same. */
export function allowHint(unmet: readonly Unmet[]): string {
  return `to go on all the same: ${unmet.map(({ id }) => `--allow ${id}`).join(" ")}`;
}

function whyUnmet(
  { id, expression, message }: Requirement,
  path: RunPath,
  { inputs, simulated, warn }: RequirementWorld,
): string | undefined {
  try {
    if (isTrue(expression, conditionScope(inputs))) return undefined;
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    if (!simulated || !lacksFact(expression, inputs))
      return `requirement ${id} cannot be evaluated: ${error.message}`;
    warn(`requirement ${id}: not evaluated (simulated)`);
    return undefined;
  }
  return renderText(message, `the message of requirement ${id}`, inputs, path);
}
