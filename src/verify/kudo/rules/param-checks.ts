import { type Issue, warningIssue } from "../../../model/issue.ts";
import { KplanError } from "../../../model/kplan-error.ts";
import { didYouMean } from "../../../model/nearest.ts";
import type { OperatorPackage } from "../../../model/package.ts";

/** Checks of how parameters are described, which KUDO's `--param-checks` names. */
export const PARAM_CHECKS = ["display", "hint", "desc", "type", "hasgroup", "groups"] as const;

/** One of these checks. */
export type ParamCheck = (typeof PARAM_CHECKS)[number];

/** The checks that a list with commas names, `all` being all of them. Throws a `bad-input` KplanError for another word. */
export function readParamChecks(text: string): ParamCheck[] {
  const words = text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  if (words.includes("all")) return [...PARAM_CHECKS];
  const unknown = words.find((word) => !PARAM_CHECKS.some((check) => check === word));
  if (unknown !== undefined)
    throw new KplanError(
      "no-such-check",
      `--param-checks: there is no check "${unknown}"${didYouMean(unknown, PARAM_CHECKS)}`,
      { kind: "bad-input", hint: `checks: ${[...PARAM_CHECKS, "all"].join(", ")}` },
    );
  return PARAM_CHECKS.filter((check) => words.includes(check));
}

/** Warnings of these checks, parameter by parameter. */
export function paramChecks(pkg: OperatorPackage, checks: readonly ParamCheck[]): Issue[] {
  const has = (check: ParamCheck): boolean => checks.includes(check);
  const parameters = pkg.parameters.flatMap((parameter) => {
    const { name, at, displayName, hint, description, kudoType, group } = parameter;
    const what = `parameter "${name}"`;
    const wrong = [
      ...(has("display") ? displayProblems(what, displayName) : []),
      ...(has("hint") ? hintProblems(what, hint) : []),
      ...(has("desc") ? descriptionProblems(what, description) : []),
      ...(has("type") && !kudoType ? [`${what} has no type`] : []),
      ...(has("hasgroup") && !group ? [`${what} has no group`] : []),
    ];
    return wrong.map((message) => warningIssue("param-check", message, at));
  });
  const groups = pkg.groups.flatMap(({ name, displayName, description }, index) => {
    const at = pkg.placeOf("params.yaml", ["groups", index, "name"]);
    const what = `group "${name}"`;
    const wrong = has("groups")
      ? [...displayProblems(what, displayName), ...descriptionProblems(what, description)]
      : [];
    return wrong.map((message) => warningIssue("param-check", message, at));
  });
  return [...parameters, ...groups];
}

function displayProblems(what: string, text = ""): string[] {
  if (text === "") return [`${what} has no displayName`];
  return [
    ...(startsUpper(text)
      ? []
      : [`${what} has a displayName that does not start with a capital letter`]),
    ...(text.endsWith(":") ? [`${what} has a displayName that ends with ':'`] : []),
  ];
}

function hintProblems(what: string, text = ""): string[] {
  if (text === "") return [`${what} has no hint`];
  return text.endsWith(".") ? [] : [`${what} has a hint that does not end with '.'`];
}

function descriptionProblems(what: string, text = ""): string[] {
  if (text === "") return [`${what} has no description`];
  return [
    ...(startsUpper(text)
      ? []
      : [`${what} has a description that does not start with a capital letter`]),
    ...(/[.!?)]$/.test(text) ? [] : [`${what} has a description that ends with none of . ! ? )`]),
  ];
}

function startsUpper(text: string): boolean {
  return /^\p{Lu}/u.test(text);
}
