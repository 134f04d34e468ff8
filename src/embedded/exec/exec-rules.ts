import { RE2JS } from "re2js";
import type { ExecResult } from "../../model/cluster.ts";

/** What commands in simulated pods answer: the first rule that fits a pod and a command. */
export interface ExecRule {
  /** Names of pods, `*` for any letters; all pods when absent. */
  readonly pods?: string;
  /** Name of the container; any when absent. */
  readonly container?: string;
  /** Regular expression (RE2) that the command must contain a match of, its words joined by spaces. */
  readonly command: string;
  /** In order of `after`; the last whose time has come is given. */
  readonly answers: readonly ExecAnswer[];
}

/** One answer. `$(pod)`, `$(namespace)`, `$(ordinal)` and `$(ready)` (ready pods of the same owner) are filled in. */
export interface ExecAnswer {
  /** Milliseconds since the pod was started; 0 when absent. */
  readonly after?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** 0 when absent. */
  readonly exitCode?: number;
}

/** A command in a pod. */
export interface ExecCall {
  readonly pod: string;
  readonly namespace: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Milliseconds since the pod was started. */
  readonly age: number;
  /** Ready pods of the pod's owner. */
  readonly ready: number;
}

/** What a command answers for which there is no rule: nothing runs, and nobody pretends that it does. */
export const NOTHING_RUNS: ExecResult = {
  exitCode: 126,
  stdout: "",
  stderr: "simulated: no container runs\n",
};

/** The answer to a command. */
export function answerTo(rules: readonly ExecRule[], call: ExecCall): ExecResult {
  const text = call.command.join(" ");
  const rule = rules.find(
    ({ pods = "*", container, command }) =>
      nameFits(pods, call.pod) &&
      (container === undefined || container === call.container) &&
      RE2JS.compile(command).matcher(text).find(),
  );
  const answer = rule?.answers.filter(({ after = 0 }) => after <= call.age).at(-1);
  if (!answer) return NOTHING_RUNS;
  const { stdout = "", stderr = "", exitCode = 0 } = answer;
  return { exitCode, stdout: fillIn(stdout, call), stderr: fillIn(stderr, call) };
}

/** Whether a name fits a pattern in which `*` stands for any letters. */
function nameFits(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return name === pattern;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

function fillIn(text: string, { pod, namespace, ready }: ExecCall): string {
  const ordinal = /-(\d+)$/.exec(pod)?.[1] ?? "0";
  const values: Record<string, string> = { pod, namespace, ordinal, ready: String(ready) };
  return text.replace(
    /\$\((pod|namespace|ordinal|ready)\)/g,
    (_, name: string) => values[name] ?? "",
  );
}
