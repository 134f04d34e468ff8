import type { Dialect } from "../model/package.ts";

/** One function that templates can call. The same entry serves every dialect it names. */
export interface TemplateFunction {
  readonly name: string;
  /** Where it exists. A name may stand in the table twice, with different results, once per dialect. */
  readonly dialects: readonly Dialect[];
  /** Fewest and most arguments. */
  readonly arity: readonly [fewest: number, most: number];
  /** Its arguments may be absent members of open maps: it asks whether something is there. Everywhere else that is an error. */
  readonly takesMissing?: boolean;
  /** How much it costs beyond reading its arguments and writing its result, in characters; nothing when absent. */
  readonly work?: number;
  /**
   * Pure: the same arguments and context give the same result, and arguments are not changed (kudo's `set`, `unset` and `merge…` excepted).
   * Throws `FunctionError` for what the author or the values did wrong.
   */
  call(args: readonly unknown[], context: FunctionContext): unknown;
}

/** What a function may know besides its arguments. */
export interface FunctionContext {
  /** Seed of the run (`RunConstants.seed`). */
  readonly seed: string;
  /** What `now` answers, RFC 3339 (`RunConstants.startedAt`). */
  readonly startedAt: string;
  /** Key of the template that is rendered. */
  readonly template: string;
  /** Counts the random calls of this rendering, from 0. */
  nextOrdinal(): number;
}

/** A call that cannot be answered: the message is one clause, without function name and place, which the renderer adds. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
}
