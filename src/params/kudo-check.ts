import { parseFloatText } from "../functions/go/parse-number.ts";
import { describeValue } from "../model/describe-value.ts";
import { errorIssue, hasErrors, type Issue } from "../model/issue.ts";
import { canonicalJson, isMap, type Json } from "../model/json.ts";
import { didYouMean } from "../model/nearest.ts";
import type { Parameter } from "../model/parameter.ts";
import { fitsType, typeText } from "../model/parameter-type.ts";
import { HIDDEN, soundsSecret } from "../model/secret-name.ts";
import { goJson, parseGoYaml } from "../yaml/parse-go-yaml.ts";
import { kudoDefault, kudoEnum } from "./kudo-text.ts";

/**
 * Why a parameter of a KUDO package may not have a text as its value, in KUDO's order: it is required and empty, is not of its type, or not in its enum; undefined when it
 * may. An empty text is always of its type and in its enum (compat section 2.4).
 */
export function checkKudoText(parameter: Parameter, text: string): Issue | undefined {
  const { name, required, type, kudoType } = parameter;
  if (text === "") {
    if (!required || kudoDefault(parameter) !== undefined) return undefined;
    return errorIssue("required-missing", `parameter ${name} is required and has no value`);
  }
  if (kudoType !== "" && !isTextOf(parameter, text)) {
    const expected = `${typeText(type)} (type ${type})`;
    const found = soundsSecret(name) ? HIDDEN : describeValue(text);
    const message = `parameter ${name}: expected ${expected}, found ${found}`;
    return errorIssue("wrong-type", message);
  }
  const allowed = kudoEnum(parameter);
  if (allowed === undefined || allowed.includes(text)) return undefined;
  return notAllowed(name, text, allowed);
}

/**
 * Why the default or a value of the enum, as the package's file has it, does not fit its declaration; undefined when it does. A whole number is an integer (KUDO's own
 * verify took none without quotes for one), and a number or boolean without quotes is a text, because a load takes both.
 */
export function checkKudoRaw(parameter: Parameter, value: Json): Issue | undefined {
  const { name, type, kudoType } = parameter;
  if (kudoType === undefined || kudoType === "" || value === null) return undefined;
  const isScalar = typeof value !== "object";
  const fits = type === "string" ? isScalar || kudoType !== "string" : isRawOf(parameter, value);
  if (fits) return undefined;
  const message = `parameter ${name}: expected ${typeText(type)}, found ${describeValue(value)}`;
  return errorIssue("wrong-type", message);
}

function isRawOf({ type }: Parameter, value: Json): boolean {
  if (fitsType(type, value)) return true;
  const isScalarType = type === "integer" || type === "number" || type === "boolean";
  return isScalarType && typeof value === "string" && isScalarText(type, value);
}

function isTextOf({ type }: Parameter, text: string): boolean {
  switch (type) {
    case "integer":
    case "number":
    case "boolean":
      return isScalarText(type, text);
    case "array":
    case "map": {
      const { root, issues } = parseGoYaml(text, "");
      if (hasErrors(issues)) return false;
      const value = root ? goJson(root.node) : null;
      return value === null || (type === "array" ? Array.isArray(value) : isMap(value));
    }
    default:
      return true;
  }
}

const BOOLEANS = new Set("1 t T TRUE true True 0 f F FALSE false False".split(" "));

/** As Go's strconv reads it. */
function isScalarText(type: "integer" | "number" | "boolean", text: string): boolean {
  switch (type) {
    case "integer": {
      if (!/^[-+]?0*[0-9]{1,19}$/.test(text)) return false;
      const value = BigInt(text.replace(/^\+/, ""));
      return value >= -(2n ** 63n) && value < 2n ** 63n;
    }
    case "number":
      return /^([-+]?inf(inity)?|nan)$/i.test(text) || isFinite64(text);
    case "boolean":
      return BOOLEANS.has(text);
  }
}

/** A plain number has no underscores between its digits. */
function isFinite64(text: string): boolean {
  if (text.includes("_") && !/^[-+]?0[xX]/.test(text)) return false;
  return Number.isFinite(parseFloatText(text) ?? Number.NaN);
}

function notAllowed(name: string, text: string, allowed: readonly string[]): Issue {
  const words = allowed.map((word) => canonicalJson(word)).join(", ");
  const isSecret = soundsSecret(name);
  const found = isSecret ? HIDDEN : canonicalJson(text);
  const message = `parameter ${name}: expected one of ${words}, found ${found}`;
  return errorIssue("not-in-enum", isSecret ? message : message + didYouMean(text, allowed));
}
