import { RE2JS } from "re2js";
import type { ExecResult } from "../../model/cluster.ts";
import type { ExecRule } from "../../model/simulation.ts";
import { fillIn, nameFits, type PodWords } from "./pod-words.ts";

/** A command in a pod. */
export interface ExecCall extends PodWords {
  readonly container: string;
  readonly command: readonly string[];
  /** Milliseconds since the pod was started. */
  readonly age: number;
  /** Ready pods of the pod's owner. */
  readonly ready: number;
  /** Pods that the owner wants. */
  readonly replicas: number;
  /** What earlier answers have set in the pod; this one adds to it. */
  readonly memory: Map<string, string>;
}

/** What a command answers for which there is no rule: nothing runs, and nobody pretends that it does. */
export const NOTHING_RUNS: ExecResult = {
  exitCode: 126,
  stdout: "",
  stderr: "simulated: no container runs\n",
};

/** The answer to a command, after which the pod remembers what it sets. */
export function answerTo(rules: readonly ExecRule[], call: ExecCall): ExecResult {
  const text = call.command.join(" ");
  for (const rule of rules) {
    const { pods = "*", container = call.container } = rule;
    if (!nameFits(pods, call.pod) || container !== call.container) continue;
    if (!remembers(call.memory, rule.when ?? {})) continue;
    const match = RE2JS.compile(rule.command).matcher(text);
    if (!match.find()) continue;
    const answer = rule.answers.filter(({ after = 0 }) => after <= call.age).at(-1);
    if (answer === undefined) return NOTHING_RUNS;
    const { pod, namespace, ready, replicas } = call;
    const groups = Array.from({ length: match.groupCount() }, (_, index) => [
      String(index + 1),
      match.group(index + 1) ?? "",
    ]);
    const words = {
      ...{ pod, namespace, ready: String(ready), replicas: String(replicas) },
      ...(Object.fromEntries(groups) as Record<string, string>),
    };
    for (const [name, value] of Object.entries(answer.sets ?? {}))
      call.memory.set(name, fillIn(value, words));
    const { stdout = "", stderr = "", exitCode = 0 } = answer;
    return { exitCode, stdout: fillIn(stdout, words), stderr: fillIn(stderr, words) };
  }
  return NOTHING_RUNS;
}

function remembers(
  memory: ReadonlyMap<string, string>,
  when: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(when).every(([name, value]) => (memory.get(name) ?? "") === value);
}
