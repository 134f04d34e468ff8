import type { Json } from "../model/json.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import { fitsType } from "../model/parameter-type.ts";
import { kudoPlain } from "../params/kudo-text.ts";

/**
 * A parameter as a native package declares it. A number or boolean gets its type where the text that KUDO's templates saw is the one that it prints as; every other scalar goes on
 * being a text, one that need not be given with an empty text for its default.
 */
export function convertParameter(parameter: Parameter): Parameter {
  const { kudoType: _, advanced: __, default: value, enum: allowed, ...rest } = parameter;
  if (parameter.type === "array" || parameter.type === "map")
    return {
      ...rest,
      // KUDO never misses one: without a default it is nothing.
      required: value !== undefined && value !== null,
      ...(value !== undefined && value !== null && { default: value }),
      ...(allowed !== undefined && { enum: allowed }),
    };
  const type = scalarType(parameter);
  const convert = (each: Json): Json =>
    type === "string" ? kudoPlain(each) : typedValue(type, each);
  const hasDefault = value !== undefined && value !== null;
  return {
    ...rest,
    type,
    ...(hasDefault
      ? { default: convert(value) }
      : !parameter.required && { default: "", required: false }),
    ...(allowed !== undefined && { enum: allowed.map(convert) }),
  };
}

function scalarType({ type, default: value, enum: allowed, required }: Parameter): ParameterType {
  if (type !== "integer" && type !== "number" && type !== "boolean") return "string";
  const hasDefault = value !== undefined && value !== null;
  if (!hasDefault && !required) return "string";
  const values = [...(hasDefault ? [value] : []), ...(allowed ?? [])];
  return values.every((each) => isCanonical(type, each)) ? type : "string";
}

/** Whether the value prints as the text that KUDO makes of it. */
function isCanonical(type: "integer" | "number" | "boolean", value: Json): boolean {
  const text = kudoPlain(value);
  const made = typedValue(type, value);
  return fitsType(type, made) && String(made) === text;
}

function typedValue(type: ParameterType, value: Json): Json {
  const text = kudoPlain(value);
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text.trim() === "" ? text : Number(text);
}
