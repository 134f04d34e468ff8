import { type ExpressionScope, evaluate, isTrue } from "../expressions/evaluate.ts";
import { oneLine } from "../expressions/one-line.ts";
import { assertNever } from "../model/assert-never.ts";
import type { Expression } from "../model/expression.ts";
import type { Expectation, Gate, PodAnswer } from "../model/gate.ts";
import { canonicalJson, type Json } from "../model/json.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { ParameterValues } from "../model/parameter.ts";
import type { Capabilities } from "../model/scope.ts";

/** What the pods of a gate showed in one look. */
export interface GateLook {
  /** Of every pod that lives and is not being deleted, by ordinal. */
  readonly answers: readonly PodAnswer[];
  /** How many pods there should be right now. */
  readonly expected: number;
}

/** What expressions of a gate see besides the pods. */
export interface GateWorld {
  readonly Params: ParameterValues;
  readonly Facts: Readonly<Record<string, Json>>;
  readonly Capabilities: Capabilities;
}

/** What a gate shows. */
export interface GateVerdict {
  readonly holds: boolean;
  /** Nothing is wrong, but no next change should begin now. Only true while it holds. */
  readonly slow: boolean;
  /** One sentence: which expectation, which pods. */
  readonly message: string;
}

/**
 * Whether a gate holds: every pod has answered, and every expectation is met. An expectation that cannot be evaluated (a value that a pod does not have yet) does
 * not hold, and the message says why. Where no pod is and none should be, it holds.
 */
export function judgeGate(
  gate: Pick<Gate, "expect" | "slowWhen">,
  look: GateLook,
  world: GateWorld,
): GateVerdict {
  const { answers, expected } = look;
  if (answers.length === 0) return nobody(expected);
  const silent = answers.flatMap(({ name, values, trouble }) =>
    values === undefined ? [`${name} gives no answer: ${trouble ?? "none came"}`] : [],
  );
  if (silent.length > 0) return waiting(silent);
  const scope = scopeOf(look, world);
  const unmet = gate.expect.flatMap((one) => unmetBy(one, look, scope) ?? []);
  if (unmet.length > 0) return waiting(unmet);
  const slow = gate.slowWhen === undefined ? undefined : slowness(gate.slowWhen, scope);
  return { holds: true, slow: slow !== undefined, message: slow ?? allIsWell(look) };
}

function nobody(expected: number): GateVerdict {
  const message =
    expected === 0
      ? "no pod is left, and none should be"
      : `no pod was found to ask, of ${expected} that should be there`;
  return { holds: expected === 0, slow: false, message };
}

function waiting(reasons: readonly string[]): GateVerdict {
  const more = reasons.length > MOST_REASONS ? [`and ${reasons.length - MOST_REASONS} more`] : [];
  const message = [...reasons.slice(0, MOST_REASONS), ...more].join("; ");
  return { holds: false, slow: false, message };
}

/** Reasons in one sentence. */
const MOST_REASONS = 3;

function allIsWell({ answers, expected }: GateLook): string {
  const pods = answers.length === 1 ? "1 pod is" : `${answers.length} pods are`;
  return answers.length === expected
    ? `${pods} as expected`
    : `${pods} as expected (${expected} should be there)`;
}

function scopeOf({ answers, expected }: GateLook, world: GateWorld): ExpressionScope {
  const { KubeVersion, APIVersions } = world.Capabilities;
  return {
    Params: world.Params,
    Facts: world.Facts,
    Capabilities: { KubeVersion: { ...KubeVersion }, APIVersions },
    Pods: answers.map(({ name, ordinal, values }) => ({ name, ordinal, values: values ?? {} })),
    Expected: expected,
  };
}

/** Why an expectation does not hold; undefined when it does. */
function unmetBy(
  expectation: Expectation,
  { answers }: GateLook,
  scope: ExpressionScope,
): string | undefined {
  switch (expectation.kind) {
    case "all": {
      const { others, why } = held(expectation.of, answers, scope);
      const said = clause(expectation.message) ?? `${oneLine(expectation.of)} does not hold`;
      return others.length === 0 ? undefined : `${said}: ${names(others)}${why}`;
    }
    case "any": {
      const { fitting, why } = held(expectation.of, answers, scope);
      const said = clause(expectation.message) ?? `${oneLine(expectation.of)} holds in no pod`;
      return fitting.length > 0 ? undefined : `${said}: ${names(answers)}${why}`;
    }
    case "count":
      return miscounted(expectation, answers, scope);
    case "same":
      return different(expectation, answers);
    default:
      return assertNever(expectation);
  }
}

interface Held {
  readonly fitting: readonly PodAnswer[];
  readonly others: readonly PodAnswer[];
  /** What kept it from being evaluated, for the first pod of which that is so. */
  readonly why: string;
}

/** In which pods a condition holds. */
function held(of: Expression, answers: readonly PodAnswer[], scope: ExpressionScope): Held {
  let why = "";
  const fits = ({ name, ordinal, values = {} }: PodAnswer): boolean => {
    try {
      return isTrue(of, { ...scope, Pod: { name, ordinal }, Values: values });
    } catch (error) {
      why ||= ` (${sentenceOf(error)})`;
      return false;
    }
  };
  const fitting = answers.filter(fits);
  return { fitting, others: answers.filter((one) => !fitting.includes(one)), why };
}

function miscounted(
  { of, min, max, message }: Extract<Expectation, { kind: "count" }>,
  answers: readonly PodAnswer[],
  scope: ExpressionScope,
): string | undefined {
  const { fitting, why } = held(of, answers, scope);
  try {
    const least = min === undefined ? 0 : bound(min, scope);
    const most = max === undefined ? Number.POSITIVE_INFINITY : bound(max, scope);
    if (fitting.length >= least && fitting.length <= most) return undefined;
    const wanted = boundsText(least, most);
    return `${clause(message) ?? `${oneLine(of)} holds in the wrong number of pods`}: ${fitting.length} of ${answers.length}, ${wanted} wanted${why}`;
  } catch (error) {
    return `${clause(message) ?? oneLine(of)}: ${sentenceOf(error)}`;
  }
}

function bound(expression: Expression, scope: ExpressionScope): number {
  const value = evaluate(expression, scope);
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw new KplanError("expression", `${oneLine(expression)} is no whole number`);
}

function boundsText(least: number, most: number): string {
  if (least === most) return `${least}`;
  if (most === Number.POSITIVE_INFINITY) return `at least ${least}`;
  return least === 0 ? `at most ${most}` : `${least} to ${most}`;
}

function different(
  { name, message }: Extract<Expectation, { kind: "same" }>,
  answers: readonly PodAnswer[],
): string | undefined {
  const groups = new Map<string, PodAnswer[]>();
  for (const answer of answers) {
    const { values = {} } = answer;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const text = value === undefined ? "nothing" : canonicalJson(value);
    groups.set(text, [...(groups.get(text) ?? []), answer]);
  }
  if (groups.size === 1 && !groups.has("nothing")) return undefined;
  const shown = [...groups].map(([text, pods]) => `${cut(text)} in ${names(pods)}`).join(", ");
  return `${clause(message) ?? `${name} is not the same in all pods`}: ${shown}`;
}

function slowness(slowWhen: Expression, scope: ExpressionScope): string | undefined {
  try {
    return isTrue(slowWhen, scope) ? `the next change waits while ${oneLine(slowWhen)}` : undefined;
  } catch (error) {
    return `the next change waits: ${sentenceOf(error)}`;
  }
}

/** Only what the expression's author can mend; a bug is thrown on. */
function sentenceOf(error: unknown): string {
  if (error instanceof KplanError) return error.message;
  throw error;
}

function names(pods: readonly PodAnswer[]): string {
  return pods.map(({ name }) => name).join(", ");
}

/** A message that goes on: without its full stop. */
function clause(message: string | undefined): string | undefined {
  return message?.replace(/(?<!\.)\.$/, "");
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
