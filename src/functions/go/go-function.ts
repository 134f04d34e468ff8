import type { FunctionContext } from "../template-function.ts";
import type { GoType, GoValue } from "./value.ts";

/** A function as Go's templates call it: with checked arguments, by Go's types. */
export interface GoFunction {
  readonly name: string;
  readonly params: readonly GoType[];
  /** The last parameter takes any number of arguments. */
  readonly variadic: boolean;
  /** `and` and `or`, which stop at the argument that decides. */
  readonly lazy?: "and" | "or";
  /** It only hands its arguments on, or looks at their surface: what is within them costs nothing. */
  readonly shallow: boolean;
  /** What it costs beyond reading its arguments and writing its result, in characters. */
  readonly work: number;
  /** How many times more than reading it takes to work on a character of its arguments and result. */
  readonly weight: number;
  /** Throws `FunctionError`. */
  call(args: readonly GoValue[], context: FunctionContext): GoValue;
}
