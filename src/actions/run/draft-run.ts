import type { RecordedFact } from "../../engine/exec/recorded-facts.ts";
import { operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { ParameterValues } from "../../model/parameter.ts";
import { randomUuid } from "../../model/random.ts";
import type { RunInputs, RunKind, RunRecord } from "../../model/run.ts";
import type { Capabilities } from "../../model/scope.ts";
import type { ActionContext } from "../context.ts";
import type { InstanceState } from "../instance/instance-state.ts";
import { newRecord, plansOf, resumedRecord } from "./run-record.ts";
import type { PlanChoice } from "./select-plans.ts";

/** All that decides a run. */
export interface RunDecision {
  readonly kind: RunKind;
  readonly pkg: OperatorPackage;
  readonly choice: Extract<PlanChoice, { kind: "run" }>;
  readonly state: InstanceState;
  /** Effective values for templates. */
  readonly values: ParameterValues;
  /** As a run record keeps them. */
  readonly recorded: Readonly<Record<string, string>>;
  readonly capabilities: Capabilities;
  /** Mixed into hashes over Secrets. */
  readonly salt: string;
  /** Ids of requirements that need not hold. */
  readonly allow: readonly string[];
  /** Number of the run that a rollback goes back to. */
  readonly rollbackTo?: number;
  /** What one-time acts of the instance have found out so far. */
  readonly acts: readonly RecordedFact[];
}

/** The record that a run begins with: an unfinished one that goes on, when it is the newest, or the next one. Nothing is stored. */
export function draftRecord(
  ctx: Pick<ActionContext, "namespace" | "identity" | "clock" | "apiUpgrade" | "pipeImage">,
  decision: RunDecision,
): RunRecord {
  const { kind, pkg, choice, state } = decision;
  const { user, host } = ctx.identity;
  const { pipeImage = state.runs[0]?.record.pipeImage } = ctx;
  const run = {
    kind,
    operatorVersion: operatorVersionName(pkg.operator),
    digest: pkg.digest,
    ...(pkg.dialect !== "native" && { dialect: pkg.dialect }),
    instance: state.name,
    namespace: ctx.namespace,
    plans: plansOf(pkg, choice.plans),
    keep: choice.keep,
    changes: choice.changes,
    ...(choice.from && { from: choice.from }),
    parameters: decision.recorded,
    inventory: state.inventory,
    allow: decision.allow,
    ...(ctx.apiUpgrade !== undefined && { apiUpgrade: ctx.apiUpgrade }),
    ...(pipeImage !== undefined && { pipeImage }),
    ...(decision.rollbackTo !== undefined && { rollbackTo: decision.rollbackTo }),
    ...(user !== undefined && { user }),
    host,
  };
  const at = ctx.clock.now();
  const newest = state.runs[0]?.record;
  // A run that is complete is history: what is done over is another run.
  const goesOn = newest?.status !== "COMPLETE" && choice.from?.uid === newest?.uid;
  return choice.from && goesOn
    ? resumedRecord(run, choice.from, at)
    : newRecord(run, state.nextNumber, randomUuid(), at);
}

/** What the engine is given for a run. */
export function runInputs(
  decision: Pick<RunDecision, "pkg" | "values" | "capabilities" | "salt" | "acts"> & {
    readonly choice?: RunDecision["choice"];
  },
  record: RunRecord,
  /** Of the Instance; empty in a preview before there is one. */
  instanceUid: string,
): RunInputs {
  const { acts, choice } = decision;
  // A run that goes on under another number goes on all the same.
  const own = [record.uid, choice?.from?.uid];
  return {
    uid: record.uid,
    pkg: decision.pkg,
    instance: { name: record.instance, namespace: record.namespace, uid: instanceUid },
    parameters: decision.values,
    facts: { ...record.facts, ...factsOf(acts) },
    earlierFacts: factsOf(acts.filter(({ run }) => !own.includes(run))),
    ...(record.allowed && { allowed: record.allowed }),
    ...(record.apiUpgrade !== undefined && { apiUpgrade: record.apiUpgrade }),
    ...(record.pipeImage !== undefined && { pipeImage: record.pipeImage }),
    capabilities: decision.capabilities,
    constants: record.constants,
    plans: plansOf(decision.pkg, record.plans),
    statuses: record.planStatus,
    inventory: record.inventory,
    ...(record.finished && { finished: record.finished }),
    hashSalt: decision.salt,
  };
}

function factsOf(acts: readonly RecordedFact[]): RunInputs["facts"] {
  return Object.fromEntries(acts.map(({ task, value }) => [task, value]));
}

/** Of an instance without secret parameters: whatever its Secrets hold is in the package or in plain parameters. The same in every run. */
export function plainSalt({ namespace, name }: InstanceState): string {
  return `${namespace}/${name}`;
}
