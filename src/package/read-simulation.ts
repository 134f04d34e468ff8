import { RE2JS } from "re2js";
import { errorIssue, type Issue } from "../model/issue.ts";
import { isMap } from "../model/json.ts";
import { didYouMean } from "../model/nearest.ts";
import type { ExecAnswer, ExecRule, FileRule, LogRule, Simulation } from "../model/simulation.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";

/** Where a package keeps what its simulated pods say. */
export const SIMULATION_FILE = "tests/simulate.yaml";

/** Rules as read, and all that is wrong with their text. */
export interface ReadSimulation {
  /** Without any rule when something is wrong. */
  readonly simulation: Simulation;
  readonly issues: readonly Issue[];
}

type Path = readonly (string | number)[];
type Report = (path: Path, message: string, part?: "key") => void;

const NOTHING: Simulation = { exec: [], logs: [] };

/** Reads a package's `tests/simulate.yaml`: the lists `exec`, `logs` and `files` (docs/embedded-cluster.md). Finds every problem at once. */
export function readSimulation(text: string, file: string = SIMULATION_FILE): ReadSimulation {
  const yaml = parseYaml(text, file);
  const issues: Issue[] = [...yaml.issues];
  const report: Report = (path, message, part) => {
    issues.push(errorIssue("simulate", message, yaml.placeOf(path, part)));
  };
  const value = yaml.value ?? {};
  if (!isMap(value)) {
    report([], "expected a map with `exec`, `logs` and `files`");
    return { simulation: NOTHING, issues };
  }
  checkKeys(value, [], ["exec", "logs", "files"], report);
  const simulation = {
    exec: readList(value.exec, ["exec"], report, readExecRule),
    logs: readList(value.logs, ["logs"], report, readLogRule),
    ...(value.files !== undefined && {
      files: readList(value.files, ["files"], report, readFileRule),
    }),
  };
  return { simulation: issues.length > 0 ? NOTHING : simulation, issues };
}

function readList<T>(
  list: unknown,
  at: Path,
  report: Report,
  read: (rule: Record<string, unknown>, path: Path, report: Report) => T[],
): T[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    report(at, "expected a list of rules");
    return [];
  }
  return list.flatMap((rule: unknown, index) => {
    if (isMap(rule)) return read(rule, [...at, index], report);
    report([...at, index], "expected a map");
    return [];
  });
}

const ANSWER = ["stdout", "stderr", "exitCode", "sets"];

function readExecRule(rule: Record<string, unknown>, path: Path, report: Report): ExecRule[] {
  checkKeys(rule, path, ["pods", "container", "command", "when", "answers", ...ANSWER], report);
  const { answers, command } = rule;
  const where = readWhere(rule, path, report);
  const when = readState(rule, "when", path, report);
  if (typeof command !== "string") {
    report(
      command === undefined ? path : [...path, "command"],
      command === undefined ? "a rule needs `command`" : "command: expected a text",
    );
    return [];
  }
  const wrong = expressionProblem(command);
  if (wrong) report([...path, "command"], wrong);
  return [
    {
      command,
      ...where,
      ...(when && { when }),
      answers: readAnswers(rule, answers, path, report),
    },
  ];
}

function readLogRule(rule: Record<string, unknown>, path: Path, report: Report): LogRule[] {
  checkKeys(rule, path, ["pods", "container", "lines", "every", "repeat"], report);
  const where = readWhere(rule, path, report);
  const { lines, every, repeat } = rule;
  const pause = every === undefined ? undefined : durationOf(every);
  if (every !== undefined && !pause)
    report([...path, "every"], "every: expected a time such as 100ms or 5s");
  if (repeat !== undefined && typeof repeat !== "boolean")
    report([...path, "repeat"], "repeat: expected true or false");
  if (!Array.isArray(lines) || lines.length === 0 || lines.some((one) => typeof one !== "string")) {
    report(lines === undefined ? path : [...path, "lines"], "lines: expected a list of texts");
    return [];
  }
  if (lines.some((line: string) => line.includes("\n")))
    report([...path, "lines"], "lines: a line has no end of line in it");
  return [
    { ...where, lines, ...(pause && { every: pause }), ...(repeat === true && { repeat: true }) },
  ];
}

function readFileRule(rule: Record<string, unknown>, path: Path, report: Report): FileRule[] {
  checkKeys(rule, path, ["pods", "container", "files"], report);
  const files = readState(rule, "files", path, report);
  if (rule.files === undefined) report(path, "a rule needs `files`: texts by their paths");
  return files === undefined ? [] : [{ ...readWhere(rule, path, report), files }];
}

function readWhere(
  rule: Record<string, unknown>,
  path: Path,
  report: Report,
): { readonly pods?: string; readonly container?: string } {
  const { pods, container } = rule;
  for (const key of ["pods", "container"])
    if (rule[key] !== undefined && typeof rule[key] !== "string")
      report([...path, key], `${key}: expected a text`);
  return {
    ...(typeof pods === "string" && { pods }),
    ...(typeof container === "string" && { container }),
  };
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
  const read = answers.map((answer: unknown, index) => {
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
  const sets = readState(answer, "sets", path, report);
  return {
    after: since ?? 0,
    stdout: typeof stdout === "string" ? stdout : "",
    stderr: typeof stderr === "string" ? stderr : "",
    exitCode: Number(code),
    ...(sets && { sets }),
  };
}

/** What a pod remembers, or its files: a map of texts. */
function readState(
  map: Record<string, unknown>,
  key: "when" | "sets" | "files",
  path: Path,
  report: Report,
): Readonly<Record<string, string>> | undefined {
  const state = map[key];
  if (state === undefined) return undefined;
  if (isMap(state) && Object.values(state).every((value) => typeof value === "string"))
    return state as Record<string, string>;
  report([...path, key], `${key}: expected a map of texts`);
  return undefined;
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
