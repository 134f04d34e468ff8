import { RE2JS } from "re2js";
import { errorIssue, type Issue } from "../../model/issue.ts";
import { isMap } from "../../model/json.ts";
import { didYouMean } from "../../model/nearest.ts";
import { parseYaml } from "../../yaml/parse-yaml.ts";
import type { ExecAnswer, ExecRule } from "./exec-rules.ts";

/** Rules as read, and all that is wrong with their text. */
export interface ReadExecRules {
  readonly rules: readonly ExecRule[];
  readonly issues: readonly Issue[];
}

type Path = readonly (string | number)[];
type Report = (path: Path, message: string, part?: "key") => void;

/**
 * Reads a package's `tests/simulate.yaml`: `exec`, a list of `pods`, `container`, `command`, and either `stdout`, `stderr` and
 * `exitCode` or `answers`, a list of these with `after` (`90s`, `5m`). Finds every problem at once.
 */
export function readExecRules(text: string, file: string): ReadExecRules {
  const yaml = parseYaml(text, file);
  const issues: Issue[] = [...yaml.issues];
  const report: Report = (path, message, part) => {
    issues.push(errorIssue("simulate", message, yaml.placeOf(path, part)));
  };
  const value = yaml.value ?? {};
  if (!isMap(value)) {
    report([], "expected a map with `exec`");
    return { rules: [], issues };
  }
  checkKeys(value, [], ["exec"], report);
  const list = value.exec ?? [];
  if (!Array.isArray(list)) report(["exec"], "expected a list of rules");
  const rules = (Array.isArray(list) ? list : []).flatMap((rule, index) =>
    readRule(rule, ["exec", index], report),
  );
  return { rules: issues.length > 0 ? [] : rules, issues };
}

const ANSWER = ["stdout", "stderr", "exitCode"];

function readRule(rule: unknown, path: Path, report: Report): ExecRule[] {
  if (!isMap(rule)) {
    report(path, "expected a map with `command`");
    return [];
  }
  checkKeys(rule, path, ["pods", "container", "command", "answers", ...ANSWER], report);
  const { answers, pods, container, command } = rule;
  for (const key of ["pods", "container", "command"])
    if (rule[key] !== undefined && typeof rule[key] !== "string")
      report([...path, key], `${key}: expected a text`);
  if (typeof command !== "string") {
    if (command === undefined) report(path, "a rule needs `command`");
    return [];
  }
  const wrong = expressionProblem(command);
  if (wrong) report([...path, "command"], wrong);
  return [
    {
      command,
      ...(typeof pods === "string" && { pods }),
      ...(typeof container === "string" && { container }),
      answers: readAnswers(rule, answers, path, report),
    },
  ];
}

function readAnswers(
  rule: Record<string, unknown>,
  answers: unknown,
  path: Path,
  report: Report,
): ExecAnswer[] {
  if (answers === undefined) return [readAnswer(rule, path, report)];
  if (!Array.isArray(answers)) {
    report([...path, "answers"], "answers: expected a list");
    return [];
  }
  if (ANSWER.some((key) => rule[key] !== undefined))
    report([...path, "answers"], "a rule has either `answers` or one answer of its own");
  const read = answers.map((answer, index) => {
    const at = [...path, "answers", index];
    if (!isMap(answer)) {
      report(at, "expected a map");
      return {};
    }
    checkKeys(answer, at, ["after", ...ANSWER], report);
    return readAnswer(answer, at, report);
  });
  return read.sort((a, b) => (a.after ?? 0) - (b.after ?? 0));
}

function readAnswer(answer: Record<string, unknown>, path: Path, report: Report): ExecAnswer {
  const { after, stdout, stderr, exitCode } = answer;
  const since = after === undefined ? 0 : durationOf(after);
  if (since === undefined) report([...path, "after"], "after: expected a time such as 90s or 5m");
  for (const key of ["stdout", "stderr"])
    if (answer[key] !== undefined && typeof answer[key] !== "string")
      report([...path, key], `${key}: expected a text`);
  const code = exitCode ?? 0;
  if (!Number.isInteger(code) || Number(code) < 0 || Number(code) > 255)
    report([...path, "exitCode"], "exitCode: expected an integer from 0 to 255");
  return {
    after: since ?? 0,
    stdout: typeof stdout === "string" ? stdout : "",
    stderr: typeof stderr === "string" ? stderr : "",
    exitCode: Number(code),
  };
}

function checkKeys(
  map: Record<string, unknown>,
  path: Path,
  known: readonly string[],
  report: Report,
): void {
  for (const key of Object.keys(map))
    if (!known.includes(key))
      report([...path, key], `unknown field ${key}${didYouMean(key, known)}`, "key");
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function durationOf(value: unknown): number | undefined {
  const [, number, unit = ""] = /^(\d+)(ms|s|m|h)$/.exec(String(value)) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 1);
}

function expressionProblem(expression: string): string | undefined {
  try {
    RE2JS.compile(expression);
    return undefined;
  } catch (error) {
    return `command: ${(error as Error).message}`;
  }
}
