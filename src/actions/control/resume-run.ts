import { KplanError } from "../../model/kplan-error.ts";
import { pathText, type RunRecord } from "../../model/run.ts";
import type { ActionResult } from "../action-result.ts";
import { desiredParameters } from "../change/desired-parameters.ts";
import { storedPackage } from "../change/package-source.ts";
import type { ActionContext } from "../context.ts";
import { fix } from "../drift/drift.ts";
import { instanceName, storedParameters } from "../instance/find-instance.ts";
import {
  type InstanceState,
  type KnownInstance,
  readInstanceState,
  requireInstance,
} from "../instance/instance-state.ts";
import { refuseKudo } from "../instance/refuse-kudo.ts";
import { uninstall } from "../removal/uninstall.ts";
import { carryOut, type Decided, type Settled } from "../run/carry-out.ts";
import { plansOf } from "../run/run-record.ts";
import { findStep, rewound, stepStatus } from "../run/run-steps.ts";
import { attachRun } from "./attach-run.ts";

/** What `plan resume` is asked for. */
export interface ResumeRunRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** Find out what would be written, and write nothing. */
  readonly dryRun?: boolean;
  /** Ids of requirements that need not hold (`--allow`). */
  readonly allow?: readonly string[];
}

/** What `plan retry` is asked for. */
export interface RetryRunRequest extends ResumeRunRequest {
  /** `step`, `phase.step` or `plan.phase.step`: this step and all after it are done over. */
  readonly from?: string;
}

/**
 * Goes on with the newest run, whatever its kind, that was paused or interrupted, has timed out, or whose driver died: with the package and the parameters it began with.
 * Follows it when somebody drives it. Throws a `bad-input` KplanError for a run that failed or was cancelled: that is `retryRun`'s.
 */
export async function resumeRun(
  ctx: ActionContext,
  request: ResumeRunRequest,
): Promise<ActionResult> {
  const state = await stateOf(ctx, request.instance);
  const record = state.runs[0]?.record;
  if (record === undefined)
    return { kind: "nothing-to-do", message: `nothing to resume: ${state.name} has no run` };
  if (record.status === "COMPLETE")
    return {
      kind: "nothing-to-do",
      message: `nothing to resume: run ${record.number} of ${state.name} is complete`,
    };
  if (record.reason === "Cancelled" || record.reason === "Failed")
    throw new KplanError(
      "retry",
      `run ${record.number} of ${state.name} ${record.reason === "Failed" ? "has failed" : "was cancelled"}: ${record.message ?? "no word why"}`,
      { kind: "bad-input", hint: "`kplan plan retry` executes it again" },
    );
  return await goOn(ctx, state, record, request);
}

/**
 * Executes the newest run again that is not complete: what is complete of it stays, unless `from` says to do it over. A complete run is executed again only from a step
 * on, as a run of its own. Throws a `bad-input` KplanError when there is nothing to execute again.
 */
export async function retryRun(
  ctx: ActionContext,
  request: RetryRunRequest,
): Promise<ActionResult> {
  const state = await stateOf(ctx, request.instance);
  const record = state.runs[0]?.record;
  if (record === undefined)
    throw new KplanError("no-run", `nothing to retry: ${state.name} has no run`, {
      kind: "bad-input",
    });
  if (record.status === "COMPLETE" && request.from === undefined)
    throw new KplanError(
      "complete",
      `run ${record.number} of ${state.name} is complete: there is nothing to retry`,
      { kind: "bad-input", hint: "--from STEP does a step and all after it over" },
    );
  return await goOn(ctx, state, record, request);
}

async function stateOf(ctx: ActionContext, given: string | undefined): Promise<KnownInstance> {
  const name = await instanceName(ctx, given);
  const [read] = await Promise.all([readInstanceState(ctx, name), refuseKudo(ctx)]);
  return await requireInstance(ctx, read);
}

async function goOn(
  ctx: ActionContext,
  state: KnownInstance,
  record: RunRecord,
  { from, dryRun = false, allow = [] }: RetryRunRequest,
): Promise<ActionResult> {
  const instance = state.name;
  if (record.kind === "fix" && from === undefined) return await fix(ctx, { instance, dryRun });
  if (record.kind === "fix")
    throw new KplanError("fix", `run ${record.number} of ${instance} puts drift right`, {
      kind: "bad-input",
      hint: "`kplan drift --fix` does that again, by what it finds then",
    });
  const step = from === undefined ? undefined : findStep(record, from);
  if (record.kind === "uninstall") {
    if (step !== undefined)
      throw new KplanError("uninstalling", `${instance} is being uninstalled: --from is for runs`, {
        kind: "bad-input",
        hint: "`kplan plan resume` goes on with the uninstall",
      });
    return await uninstall(ctx, {
      instance,
      dryRun,
      allow,
      ...(record.deleteClaims && { deleteClaims: true }),
    });
  }
  const [pkg, capabilities] = await Promise.all([
    storedPackage(ctx, {
      namespace: ctx.namespace,
      operatorVersion: record.operatorVersion,
      digest: record.digest,
    }),
    ctx.cluster.capabilities(),
  ]);
  const change = {
    kind: record.kind,
    state,
    capabilities,
    allow,
    same: ["go on", instance, record.uid, step ?? "", allow],
    decide: (now: InstanceState) => decide(pkg, now, record, step),
  };
  try {
    return await carryOut(ctx, change, dryRun);
  } catch (error) {
    const busy = error instanceof KplanError && error.code === "busy";
    // Somebody drives this very run: whoever wants it to go on sees how it does.
    if (!busy || step !== undefined) throw error;
    return await attachRun(ctx, { instance, run: record.uid }, error);
  }
}

/** The run as it stands by now, with the values that it began with. */
function decide(
  pkg: Decided["pkg"],
  now: InstanceState,
  seen: RunRecord,
  step: string | undefined,
): Decided | Settled {
  const record = now.runs[0]?.record;
  if (record?.uid !== seen.uid)
    throw new KplanError("other-run", `${now.name} has another run by now`, {
      kind: "bad-input",
      hint: "`kplan plan status` shows it",
    });
  if (record.status === "COMPLETE" && step === undefined)
    return { settled: `run ${record.number} of ${now.name} is complete` };
  const { name, secrets } = now;
  const { desired } = desiredParameters(
    pkg,
    { given: {}, secrets: {}, unset: [], issues: [] },
    { name, stored: plainValues(pkg, record.parameters), ...(secrets && { secrets }) },
  );
  const plans = plansOf(pkg, record.plans).map((plan) => plan.name);
  return {
    pkg,
    storePackage: false,
    desired,
    ...(record.kind === "trigger" && now.object && { lasting: storedParameters(now.object) }),
    choice: {
      kind: "run",
      plans,
      keep: plans,
      // A run of its own has the values for one run again, and says so.
      changes:
        record.status === "COMPLETE" && record.kind === "trigger" ? record.cause.changes : [],
      from: step === undefined ? record : doneOver(record, step),
    },
  };
}

/** The record with a step and all after it yet to be done. */
function doneOver(record: RunRecord, step: string): RunRecord {
  const planStatus = rewound(record.planStatus, step);
  const kept = Object.entries(record.times).filter(
    ([name]) => stepStatus({ planStatus }, name) !== "PENDING",
  );
  // A Job of such a step does its work once more, be it gone by itself meanwhile.
  const finished = (record.finished ?? []).filter(
    ({ path: { task: _, ...place } }) => stepStatus({ planStatus }, pathText(place)) !== "PENDING",
  );
  return { ...record, planStatus, times: Object.fromEntries(kept), finished };
}

/** A record keeps hashes of secret values; the values themselves are in the instance's Secret. */
function plainValues(
  { parameters }: Decided["pkg"],
  recorded: RunRecord["parameters"],
): Record<string, string> {
  const secret = new Set(parameters.flatMap(({ name, type }) => (type === "secret" ? [name] : [])));
  return Object.fromEntries(Object.entries(recorded).filter(([name]) => !secret.has(name)));
}
