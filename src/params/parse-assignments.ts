import { errorIssue, type Issue, type Place, warningIssue } from "../model/issue.ts";
import { isMap, type Json } from "../model/json.ts";
import { didYouMean } from "../model/nearest.ts";
import type { Parameter } from "../model/parameter.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { checkValue } from "./check-value.ts";
import { parseValue } from "./parse-value.ts";
import { readText, type TextSources } from "./read-text.ts";

/** What the user gave on the command line. */
export interface AssignmentSources extends TextSources {
  /** Texts of `-p`, in order: `NAME=VALUE`, `NAME=@file` or `NAME=-` (`readText`). */
  readonly set: readonly string[];
  /** Contents of `-P` files, in order: YAML maps of values by parameter name. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Names of `--unset`. */
  readonly unset: readonly string[];
}

/** Values by parameter name. */
export interface Assignments {
  /** Without those of secrets. */
  readonly given: Record<string, Json>;
  /** Values of secret parameters; nowhere else, least of all in an issue. */
  readonly secrets: Record<string, string>;
  readonly unset: string[];
  readonly issues: Issue[];
}

/**
 * Reads parameter values as typed by their declarations, with all problems at once. A later file wins over an earlier one, `-p` over files, a later `-p`
 * over an earlier one. The text of `-p` is read by the type (`parseValue`), a value in a file must be of the type. A secret that stands on the command
 * line itself is taken with a warning, because every user of the machine can see it in the list of processes.
 */
export async function parseAssignments(
  declared: readonly Parameter[],
  sources: AssignmentSources,
): Promise<Assignments> {
  const parameters = new Map(declared.map((parameter) => [parameter.name, parameter]));
  const values = new Map<string, Json>();
  const issues: Issue[] = [];
  for (const file of sources.files) readFileValues(file, parameters, values, issues);
  await readSetValues(sources, parameters, values, issues);

  const unset = [...new Set(sources.unset)];
  for (const name of unset) {
    if (!parameters.has(name)) issues.push(unknownIssue(name, parameters, `--unset ${name}`));
    if (values.has(name)) issues.push(givenAndUnset(name));
  }
  const isSecret = (name: string) => parameters.get(name)?.type === "secret";
  const pick = (secret: boolean) => [...values].filter(([name]) => isSecret(name) === secret);
  return {
    given: Object.fromEntries(pick(false)),
    secrets: Object.fromEntries(pick(true).map(([name, value]) => [name, String(value)])),
    unset,
    issues,
  };
}

/** The issue of a name that is given a value and unset. */
export function givenAndUnset(name: string): Issue {
  return errorIssue("given-and-unset", `--unset ${name}: the parameter is also given a value`);
}

function readFileValues(
  file: { readonly name: string; readonly text: string },
  parameters: ReadonlyMap<string, Parameter>,
  values: Map<string, Json>,
  issues: Issue[],
): void {
  const yaml = parseYaml(file.text, file.name);
  issues.push(...yaml.issues);
  if (yaml.issues.length > 0 || yaml.value === null) return;
  if (!isMap(yaml.value)) {
    const message = "a parameter file is a map of values by parameter name";
    issues.push(errorIssue("not-a-map", message, yaml.placeOf([])));
    return;
  }
  for (const [name, value] of Object.entries(yaml.value)) {
    const parameter = parameters.get(name);
    if (parameter === undefined) {
      issues.push(unknownIssue(name, parameters, "", yaml.placeOf([name], "key")));
      continue;
    }
    const problem = checkValue(parameter, value, yaml.textOf([name]));
    if (problem) issues.push({ ...problem, at: yaml.placeOf([name]) });
    else values.set(name, value as Json);
  }
}

async function readSetValues(
  sources: AssignmentSources,
  parameters: ReadonlyMap<string, Parameter>,
  values: Map<string, Json>,
  issues: Issue[],
): Promise<void> {
  let stdinFor: string | undefined;
  for (const assignment of sources.set) {
    const equals = assignment.indexOf("=");
    const name = assignment.slice(0, equals);
    if (equals < 1) {
      issues.push(notAnAssignment(assignment, parameters));
      continue;
    }
    const parameter = parameters.get(name);
    if (parameter === undefined) {
      issues.push(unknownIssue(name, parameters, `-p ${name}`));
      continue;
    }
    const written = assignment.slice(equals + 1);
    if (written === "-" && stdinFor !== undefined) {
      const message = `-p ${name}=-: standard input is already read for ${stdinFor}`;
      issues.push(errorIssue("stdin-twice", message));
      continue;
    }
    if (written === "-") stdinFor = name;
    const read = await readText(written, parameter, sources);
    if ("problem" in read) {
      issues.push(unreadableIssue(parameter, written, read.problem));
      continue;
    }
    if (read.visible && parameter.type === "secret") issues.push(visibleIssue(name));
    const parsed = parseValue(parameter, read.text);
    if ("issue" in parsed) issues.push(parsed.issue);
    else values.set(name, parsed.value);
  }
}

/** A secret may begin with `@` by mistake: then only what looks like a path is repeated. */
function unreadableIssue({ name, type }: Parameter, written: string, problem: string): Issue {
  const shown = type !== "secret" || written === "-" || written.includes("/") ? written : "@…";
  const hint = `a value that begins with @ is written with two: -p ${name}=@@…`;
  const message = `-p ${name}=${shown}: ${problem}`;
  return errorIssue("unreadable-value", message, undefined, written === "-" ? undefined : hint);
}

/** The text before `=` may be a name; what stands behind it, or a text without `=`, may be a secret and is not repeated unless it is a known name. */
function notAnAssignment(text: string, parameters: ReadonlyMap<string, Parameter>): Issue {
  const shown = text.startsWith("=") ? "=…" : parameters.has(text) ? text : undefined;
  const which = shown === undefined ? "a -p" : `-p ${shown}`;
  return errorIssue("not-an-assignment", `${which}: expected NAME=VALUE`);
}

function unknownIssue(
  name: string,
  parameters: ReadonlyMap<string, Parameter>,
  where: string,
  at?: Place,
): Issue {
  const label = where === "" ? "" : `${where}: `;
  const known = [...parameters.keys()];
  const list = known.length === 0 ? "; it has none" : `; it has ${known.join(", ")}`;
  const meant = didYouMean(name, known) || list;
  return errorIssue(
    "unknown-parameter",
    `${label}the operator has no parameter "${name}"${meant}`,
    at,
  );
}

function visibleIssue(name: string): Issue {
  return warningIssue(
    "visible-secret",
    `-p ${name}: a secret on the command line can be seen in the list of processes and in the shell's history`,
    undefined,
    `read it from a file: -p ${name}=@FILE, or from standard input: -p ${name}=-`,
  );
}
