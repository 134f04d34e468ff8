import { rollUp } from "../../engine/steps/pending.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { pathText, type RunRecord } from "../../model/run.ts";
import { isSkip, skippedBy } from "../../store/run-request.ts";
import type { ActionContext } from "../context.ts";
import { findStep, stepAt, stepNames, stepStatus, withSteps } from "../run/run-steps.ts";
import { askerOf } from "./ask-driver.ts";
import { type ControlResult, controlResult } from "./control-result.ts";
import { controlRun, storeAlone } from "./control-run.ts";

/** What `plan skip` is asked for. */
export interface SkipStepRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** `step`, `phase.step` or `plan.phase.step` of the newest run. */
  readonly step: string;
}

/**
 * Leaves out a step of the newest run, be it under way or yet to come: it counts as complete. What it had written stays. With nobody driving the run, whoever resumes it
 * goes on after the step. Throws a `bad-input` KplanError for a step that is complete or not there.
 */
export async function skipStep(
  ctx: ActionContext,
  request: SkipStepRequest,
): Promise<ControlResult> {
  return await controlRun(ctx, request.instance, {
    want: ({ name, runs }) => {
      const [run] = runs;
      if (run === undefined)
        throw new KplanError("no-run", `${name} has no run`, { kind: "bad-input" });
      const { record } = run;
      const step = findStep(record, request.step);
      if (record.status === "COMPLETE")
        throw new KplanError("complete", `run ${record.number} of ${name} is complete`, {
          kind: "bad-input",
        });
      if (stepStatus(record, step) === "COMPLETE") throw isComplete(record, step);
      return {
        run,
        act: { act: "skip", step },
        isDone: (now) => stepStatus(now, step) === "COMPLETE",
      };
    },
    told: (record, { act }) => {
      const step = act.act === "skip" ? act.step : "";
      const found = stepAt(record, step);
      // It came to its own end before its driver heard of the request.
      if (found?.status === "COMPLETE" && !isSkip(found.message)) throw isComplete(record, step);
      if (found?.status === "COMPLETE") return skipped(record, step);
      throw new KplanError(
        "not-skipped",
        `run ${record.number} ended before ${step} could be skipped: ${record.message ?? record.status}`,
        { hint: "give the command again to skip it in the run as it stands" },
      );
    },
    alone: async (lease, state, { run, act }) => {
      const step = act.act === "skip" ? act.step : "";
      const left = withSkipped(run.record, step, skippedBy(askerOf(ctx)));
      return skipped(await storeAlone(ctx, lease, state, run, left), step);
    },
  });
}

function isComplete({ number }: RunRecord, step: string): KplanError {
  return new KplanError("step-complete", `${step} of run ${number} is complete`, {
    kind: "bad-input",
    hint: "`kplan plan retry --from STEP` does a step over",
  });
}

function skipped(record: RunRecord, step: string): ControlResult {
  const goesOn = record.status === "IN_PROGRESS" && record.reason === undefined;
  const retry = record.reason === "Cancelled" || record.reason === "Failed" ? "retry" : "resume";
  return controlResult(record, {
    result: "skipped",
    step,
    message: `${step} of run ${record.number} is skipped; what it had written stays${goesOn ? ", and the run goes on" : ""}`,
    ...(!goesOn &&
      record.status !== "COMPLETE" && { hint: `\`kplan plan ${retry}\` goes on after it` }),
  });
}

/** The record of a run that nobody drives, with a step left out: one that had failed there can be resumed. Pure. */
function withSkipped(record: RunRecord, step: string, message: string): RunRecord {
  const at = stepNames(record).indexOf(step);
  const steps = withSteps(record.planStatus, (one, n) =>
    n === at ? { name: one.name, status: "COMPLETE", message } : one,
  );
  const intents = record.intents.filter(({ path }) => !pathText(path).startsWith(`${step}.`));
  const planStatus = steps.map(rollUp);
  const failed = planStatus.some(({ phases }) =>
    phases.some((phase) => phase.steps.some(({ status }) => status === "FATAL_ERROR")),
  );
  if (record.reason === "Cancelled" || failed)
    return { ...record, intents, planStatus: ended(planStatus, record) };
  if (record.reason === "Paused") return { ...record, intents, planStatus };
  const { hint: _, finishedAt: __, ...open } = record;
  return {
    ...open,
    intents,
    planStatus,
    status: "IN_PROGRESS",
    reason: "Interrupted",
    message: `${step} was skipped; \`kplan plan resume\` goes on after it`,
  };
}

/** A plan that has ended stays so. */
function ended(plans: RunRecord["planStatus"], { planStatus }: RunRecord): RunRecord["planStatus"] {
  return plans.map((plan, n) =>
    planStatus[n]?.status === "FATAL_ERROR" ? { ...plan, status: "FATAL_ERROR" } : plan,
  );
}
