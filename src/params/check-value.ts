import { describeValue } from "../model/describe-value.ts";
import { errorIssue, type Issue } from "../model/issue.ts";
import { canonicalJson } from "../model/json.ts";
import { didYouMean } from "../model/nearest.ts";
import type { Parameter } from "../model/parameter.ts";
import { fitsType, typeText } from "../model/parameter-type.ts";

/**
 * Why a parameter may not have a value: it is not of its type, or not in its enum; undefined when it may. Never repeats a secret.
 * @param written the value as a file writes it, for the hint to quote it
 */
export function checkValue(
  parameter: Parameter,
  value: unknown,
  written?: string,
): Issue | undefined {
  const { name, type } = parameter;
  if (value === null)
    return errorIssue(
      "wrong-type",
      `parameter ${name}: expected ${typeText(type)}, found nothing`,
      undefined,
      `to go back to its default: --unset ${name}`,
    );
  if (!fitsType(type, value)) {
    const found = type === "secret" ? "another value" : describeValue(value);
    const quotable = type === "string" && written !== undefined;
    const hint = quotable ? `write it in quotes: ${JSON.stringify(written)}` : undefined;
    const message = `parameter ${name}: expected ${typeText(type)}, found ${found}`;
    return errorIssue("wrong-type", message, undefined, hint);
  }
  if (type === "secret")
    return value === ""
      ? errorIssue("empty-secret", `parameter ${name}: a secret may not be empty`)
      : undefined;
  return enumIssue(parameter, value);
}

function enumIssue({ name, enum: allowed }: Parameter, value: unknown): Issue | undefined {
  if (allowed === undefined) return undefined;
  const text = canonicalJson(value);
  if (allowed.some((item) => canonicalJson(item) === text)) return undefined;
  const words = allowed.map(wordOf);
  const meant = typeof value === "string" ? didYouMean(value, words) : "";
  const message = `parameter ${name}: expected one of ${words.join(", ")}, found ${wordOf(value)}${meant}`;
  return errorIssue("not-in-enum", message);
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : canonicalJson(value);
}
