import type { GateVerdict } from "../../gates/judge-gate.ts";
import { judgeGate } from "../../gates/judge-gate.ts";
import { parseAnswer } from "../../gates/parse-answer.ts";
import { ClusterError, type ExecResult } from "../../model/cluster.ts";
import type { Gate, PodAnswer } from "../../model/gate.ts";
import { canonicalJson } from "../../model/json.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import type { RunPath } from "../../model/run.ts";
import { nothingRuns } from "../exec/nothing-runs.ts";
import { renderText } from "../objects/render-text.ts";
import type { Acting, RunContext, StepShared } from "../run-context.ts";
import { callOptions } from "../run-context.ts";
import { Halted } from "../steps/task-stop.ts";
import { timedOut } from "../steps/until-settled.ts";
import { type GatePods, gatePods } from "./gate-pods.ts";

/** Milliseconds between two looks at first; twice as long each time, up to the gate's period. */
const FIRST_PAUSE = 200;
/** Milliseconds between two looks at most, when the gate does not say. */
const PERIOD = 1000;
/** Milliseconds that a pod may take to answer. */
const ANSWER_TIME = 10_000;

/** What asking a gate needs. */
export type GateContext = Acting & Pick<RunContext, "inputs"> & { readonly shared: StepShared };

/** Which pods are asked, and how many of them there should be. */
export interface GateAsk {
  readonly gate: Gate;
  /** The StatefulSet whose pods are asked when the gate selects none. */
  readonly set: KubeObject | undefined;
  /** Replicas that there should be right now; the live ones of whoever owns the pods when absent. */
  readonly expected?: number;
  /** A change of pods follows: `slowWhen` counts. */
  readonly beforeChange: boolean;
  /** Done before each further look; false ends the waiting. */
  readonly meanwhile?: () => Promise<boolean>;
}

/**
 * Waits until a gate holds: looks at once and then again and again, each pod asked with one command. Tells state and sentence when they change; any value that
 * changes counts as progress. False when `meanwhile` has ended it. Throws `Halted`, a timed-out `TaskFailure` that says what did not hold, and ClusterErrors that are not about a single pod.
 */
export async function holdGate(given: GateAsk, ctx: GateContext): Promise<boolean> {
  if (ctx.shared.gate.notEvaluated) return true;
  const ask = { ...given, gate: withMessages(given.gate, ctx) };
  const period = ask.gate.period ?? PERIOD;
  const question = questionOf(ask.gate, ctx);
  for (let pause = FIRST_PAUSE; ; pause = pause * 2) {
    if (ctx.halt.aborted) throw new Halted("told to stop");
    const look = await unlessHalted(ctx, (signal) => lookAt(ask, question, ctx, signal));
    if (look === "not-evaluated") {
      ctx.shared.gate.notEvaluated = true;
      tell(
        "not-evaluated",
        "not evaluated: the cluster is simulated and no answers are known",
        ctx,
      );
      return true;
    }
    const { verdict, signs } = look;
    if (ctx.shared.gate.signs !== signs) ctx.watchdog.touch();
    ctx.shared.gate.signs = signs;
    const isSlow = verdict.slow && ask.beforeChange;
    tell(isSlow ? "slow" : verdict.holds ? "holds" : "waiting", verdict.message, ctx);
    if (verdict.holds && !isSlow) return true;
    const expired = ctx.watchdog.expired(`the gate: ${verdict.message}`);
    if (expired !== undefined) throw timedOut(expired);
    await sleep(Math.min(pause, period, Math.max(1, ctx.watchdog.remaining())), ctx);
    if (ask.meanwhile !== undefined && !(await ask.meanwhile())) return false;
  }
}

/** The gate with its sentences for people filled in. */
function withMessages(gate: Gate, { inputs, path }: GateContext): Gate {
  const expect = gate.expect.map((one) =>
    one.message === undefined
      ? one
      : { ...one, message: renderText(one.message, "the message of the gate", inputs, path) },
  );
  return { ...gate, expect };
}

/** What each pod is asked. */
interface Question {
  readonly command: readonly string[];
  readonly selector: string | undefined;
}

function questionOf({ command, pods }: Gate, { inputs, path }: GateContext): Question {
  const render = (text: string, what: string): string => renderText(text, what, inputs, path);
  return {
    command: command.map((word) => render(word, "the command of the gate")),
    selector: pods === undefined ? undefined : render(pods, "the selector of the gate"),
  };
}

interface Look {
  readonly verdict: GateVerdict;
  /** Differs whenever something moved. */
  readonly signs: string;
}

async function lookAt(
  ask: GateAsk,
  { command, selector }: Question,
  ctx: GateContext,
  signal: AbortSignal,
): Promise<Look | "not-evaluated"> {
  const { pods, expected } = await gatePods({ ...ask, selector }, ctx, signal);
  const asked = await Promise.all(
    pods.map((pod) => askPod(pod, { command, container: ask.gate.container }, ctx, signal)),
  );
  if (asked.length > 0 && asked.every(({ isSilent }) => isSilent)) return "not-evaluated";
  const answers = asked.map(({ answer }) => answer);
  const { parameters, facts, capabilities } = ctx.inputs;
  const world = { Params: parameters, Facts: facts, Capabilities: capabilities };
  const verdict = judgeGate(ask.gate, { answers, expected }, world);
  return { verdict, signs: canonicalJson([expected, answers]) };
}

async function askPod(
  { pod, ordinal }: GatePods["pods"][number],
  {
    command,
    container,
  }: { readonly command: readonly string[]; readonly container?: string | undefined },
  ctx: GateContext,
  signal: AbortSignal,
): Promise<{ readonly answer: PodAnswer; readonly isSilent: boolean }> {
  const { name } = pod.metadata;
  const give = (rest: Pick<PodAnswer, "values" | "trouble">, isSilent = false) => ({
    answer: { name, ordinal, ...rest },
    isSilent,
  });
  const { phase } = (pod.status ?? {}) as { readonly phase?: unknown };
  if (phase === "Pending") return give({ trouble: "it does not run yet" });
  try {
    const result = await ctx.cluster.exec(refOf(pod), {
      command,
      signal,
      deadline: ANSWER_TIME,
      ...(container !== undefined && { container }),
    });
    if (result.exitCode !== 0)
      return give({ trouble: exitText(result) }, nothingRuns(ctx.cluster, result));
    return give(parseAnswer(result.stdout));
  } catch (error) {
    if (!(error instanceof ClusterError) || isForGood(error)) throw error;
    return give({ trouble: error.message });
  }
}

/** Nobody's pod will ever answer. */
function isForGood({ kind }: ClusterError): boolean {
  return kind === "forbidden" || kind === "unauthorized";
}

function exitText({ exitCode, stderr }: ExecResult): string {
  const last = stderr.trim().split("\n").at(-1)?.trim() ?? "";
  const words = last.length > 200 ? `${last.slice(0, 199)}…` : last;
  return `its command ended with exit code ${exitCode}${words === "" ? "" : `: ${words}`}`;
}

/** A look that is broken off ends the waiting in the way that it was broken off for. */
async function unlessHalted<T>(
  ctx: GateContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await work(AbortSignal.any([ctx.halt, callOptions(ctx).signal]));
  } catch (error) {
    if (ctx.halt.aborted && !ctx.fence.lost.aborted) throw new Halted("told to stop");
    throw error;
  }
}

function tell(
  state: "waiting" | "holds" | "slow" | "not-evaluated",
  message: string,
  ctx: GateContext,
): void {
  const { shared, emit } = ctx;
  if (shared.gate.told === `${state} ${message}`) return;
  shared.gate.told = `${state} ${message}`;
  emit({ type: "gate", path: stepPath(ctx.path), state, message });
}

/** A gate is the step's, whichever of its tasks asks. */
function stepPath({ task: _, ...path }: RunPath): RunPath {
  return path;
}

async function sleep(ms: number, { clock, halt }: GateContext): Promise<void> {
  await clock.sleep(ms, halt).catch(() => {
    throw new Halted("told to stop");
  });
}
