import { functionsOf } from "../table.ts";
import {
  type FunctionContext,
  FunctionError,
  type TemplateFunction,
} from "../template-function.ts";
import { GO_BUILTINS, GO_SLICE } from "./builtins.ts";
import { fromBytes, toBytes } from "./bytes.ts";
import type { GoFunction } from "./go-function.ts";
import { type Result, type Signature, signatureOf } from "./signatures.ts";
import { type GoType, type GoValue, nilSlice, typed } from "./value.ts";

/** Random texts, regular expressions and base32 take longer than copying. */
const HEAVY = /^(?:rand|uuid|shuffle|regex|b32)/;

/** Functions that count, and cut between, bytes. */
const BYTEWISE = /^(?:abbrev|wrap)/;

/** Functions that look at no more than the surface of a list or map. */
const SHALLOW: ReadonlySet<string> = new Set(
  "and or not lt le gt ge len index call append coalesce compact concat default dict empty first hasKey initial keys kindIs kindOf last list omit pick pluck prepend push rest reverse set slice ternary tuple typeIs typeIsLike typeOf unset values".split(
    " ",
  ),
);

/** What a KUDO template can call, by name: Go's own functions, Sprig's, `toYaml`. */
export const KUDO_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map(
  Array.from(functionsOf("kudo").values(), (entry) => [entry.name, goFunction(entry)]),
);

/** What any Go template can call, by name. */
export const BUILTIN_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map(
  [...GO_BUILTINS, GO_SLICE].map((entry) => [
    entry.name,
    entry === GO_SLICE ? { ...goFunction(entry), params: ["value", "value"] } : goFunction(entry),
  ]),
);

function goFunction(entry: TemplateFunction): GoFunction {
  const { name } = entry;
  const signature = signatureOf(name);
  const isShared = entry.dialects.includes("native");
  return {
    name,
    params: signature.params,
    variadic: signature.variadic,
    ...((name === "and" || name === "or") && { lazy: name }),
    shallow: SHALLOW.has(name),
    work: entry.work ?? 0,
    weight: HEAVY.test(name) ? 64 : 1,
    call: BYTEWISE.test(name)
      ? (args, context) => byBytes(entry, toShared(args, signature), context)
      : isShared
        ? (args, context) =>
            fromShared(
              entry.call(toShared(args, signature), context),
              signature.result,
              name.startsWith("regex"),
            )
        : (args, context) => entry.call(args, context),
  };
}

/** With every byte of a text a letter of its own. */
function byBytes(
  entry: TemplateFunction,
  args: readonly unknown[],
  context: FunctionContext,
): GoValue {
  const letters = args.map((arg) =>
    typeof arg === "string" ? toBytes(arg).toString("latin1") : arg,
  );
  const result = entry.call(letters, context);
  return typeof result === "string" ? fromBytes(Buffer.from(result, "latin1")) : result;
}

/** Arguments as a function of both dialects takes them: its integers are numbers. */
function toShared(args: readonly GoValue[], { params }: Signature): GoValue[] {
  return args.map((arg, index) => sharedOne(arg, params[Math.min(index, params.length - 1)]));
}

function sharedOne(arg: GoValue, type: GoType | undefined): GoValue {
  if (type === "map[string]interface {}" && (arg === null || arg === undefined)) return {};
  if (type !== "int" || typeof arg !== "bigint") return arg;
  const number = Number(arg);
  if (Number.isSafeInteger(number)) return number;
  throw new FunctionError(`${arg} is out of range`);
}

function fromShared(result: unknown, type: Result | undefined, isSearch: boolean): GoValue {
  if (type === undefined) return result;
  if (type === "[]int" && Array.isArray(result)) return typed(type, result.map(BigInt));
  if (Array.isArray(result) && result.length === 0 && type === "[]string" && isSearch)
    return nilSlice(type);
  if (typeof result !== "object" || result === null) return result;
  return typed(type, result);
}
