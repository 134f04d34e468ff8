import type { Dialect } from "../model/package.ts";
import type { TemplateFunction } from "./template-function.ts";

/** As many arguments as one likes. */
export const MANY: number = Number.MAX_SAFE_INTEGER;

/** What most functions need not say. */
type Options = Pick<TemplateFunction, "takesMissing" | "work">;

type Arity = number | readonly [fewest: number, most: number];

/** A function that is the same in every dialect. */
export function both(
  name: string,
  arity: Arity,
  call: TemplateFunction["call"],
  options: Options = {},
): TemplateFunction {
  return define(name, ["native", "kudo"], arity, call, options);
}

/** A function of the native dialect only. */
export function native(
  name: string,
  arity: Arity,
  call: TemplateFunction["call"],
  options: Options = {},
): TemplateFunction {
  return define(name, ["native"], arity, call, options);
}

/** A function of the KUDO dialect only. */
export function kudo(name: string, arity: Arity, call: TemplateFunction["call"]): TemplateFunction {
  return define(name, ["kudo"], arity, call, {});
}

function define(
  name: string,
  dialects: readonly Dialect[],
  arity: Arity,
  call: TemplateFunction["call"],
  options: Options,
): TemplateFunction {
  const range = typeof arity === "number" ? ([arity, arity] as const) : arity;
  return { name, dialects, arity: range, call, ...options };
}
