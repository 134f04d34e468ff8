import pLimit from "p-limit";
import { type Cluster, ClusterError } from "../../model/cluster.ts";
import { isMap } from "../../model/json.ts";
import { type KubeObject, type ObjectRef, refKey, refText } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";
import {
  type Intent,
  pathText,
  type RunPath,
  type RunRecord,
  type RunStanding,
  type StepStanding,
} from "../../model/run.ts";
import type { ExecutionStatus } from "../../model/status.ts";

/** Objects of one step that are looked at, at most. */
const MOST_OBJECTS = 20;
/** Requests at the same time, and milliseconds for each. */
const AT_A_TIME = 10;
const LOOK_WITHIN_MS = 5000;

/** What a rollout said last, by `refKey` of its StatefulSet. */
export type RolloutWords = ReadonlyMap<string, string>;

/** Where a run stands that nobody drives any more: its record says what was begun, and the objects themselves what came of it. */
export async function runStanding(
  cluster: Cluster,
  record: RunRecord,
  rollouts: RolloutWords,
): Promise<RunStanding> {
  const steps = stepsOf(record);
  const having = (statuses: readonly ExecutionStatus[]): ReturnType<typeof stepsOf> =>
    steps.filter(({ status }) => statuses.includes(status));
  const named = (...statuses: readonly ExecutionStatus[]): readonly RunPath[] =>
    having(statuses).map(({ path }) => path);
  const limit = pLimit(AT_A_TIME);
  const underWay = await Promise.all(
    having(["IN_PROGRESS", "ERROR", "FATAL_ERROR"]).map(async (one): Promise<StepStanding> => {
      const { path, status, message = "no word why" } = one;
      const acts = actsOf(record, path);
      const objects = await Promise.all(
        acts.slice(0, MOST_OBJECTS).map(({ ref, act }) =>
          limit(async () => ({
            ref,
            state: stateText(await look(cluster, ref), act, record.uid, rollouts.get(refKey(ref))),
          })),
        ),
      );
      const failed = status === "FATAL_ERROR" && { failed: message };
      return { step: pathText(path), ...failed, objects };
    }),
  );
  return {
    complete: named("COMPLETE").map(pathText),
    underWay,
    notBegun: named("PENDING", "NEVER_RUN").map(pathText),
  };
}

/** The same as one sentence. */
export function standingText({ complete, underWay, notBegun }: RunStanding): string {
  const all = complete.length + underWay.length + notBegun.length;
  const done = complete.length === 0 ? "" : ` (${someOf(complete)})`;
  const parts = [
    `${complete.length} of ${all} ${all === 1 ? "step" : "steps"} ${complete.length === 1 ? "is" : "are"} complete${done}`,
    ...underWay.map(stepText),
    ...(notBegun.length === 0 ? [] : [`${someOf(notBegun)} had not begun`]),
    "nothing was undone",
  ];
  return parts.join("; ");
}

function stepText({ step, failed, objects }: StepStanding): string {
  const how = failed === undefined ? "was under way" : `had failed (${failed})`;
  if (objects.length === 0) return `${step} ${how} and had written nothing`;
  const told = objects.map(({ ref, state }) => `${refText(ref)} ${state}`);
  return `${step} ${how}: ${told.join(", ")}`;
}

function someOf(names: readonly string[]): string {
  if (names.length <= 4) return names.join(", ");
  return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

function stepsOf({ planStatus }: RunRecord): readonly {
  readonly path: RunPath;
  readonly status: ExecutionStatus;
  readonly message?: string;
}[] {
  return planStatus.flatMap((plan) =>
    plan.phases.flatMap((phase) =>
      phase.steps.map(({ name, ...rest }) => ({
        path: { plan: plan.name, phase: phase.name, step: name },
        ...rest,
      })),
    ),
  );
}

interface Act {
  readonly ref: ObjectRef;
  readonly act: Intent["act"] | "record";
}

/** All that a step was about to write, and what earlier tasks of it had written already. */
function actsOf({ intents, inventory }: RunRecord, step: RunPath): readonly Act[] {
  const isOfStep = ({ path }: { readonly path: RunPath }): boolean =>
    path.plan === step.plan && path.phase === step.phase && path.step === step.step;
  const acts = [
    ...intents
      .filter(isOfStep)
      .flatMap(({ objects, act, record }): readonly Act[] => [
        ...objects.map((ref) => ({ ref, act })),
        ...(record === undefined ? [] : [{ ref: record, act: "record" as const }]),
      ]),
    ...inventory.filter(isOfStep).map(({ ref }) => ({ ref, act: "apply" as const })),
  ];
  const first = new Map<string, Act>();
  for (const act of acts) if (!first.has(refKey(act.ref))) first.set(refKey(act.ref), act);
  return [...first.values()];
}

async function look(
  cluster: Cluster,
  ref: ObjectRef,
): Promise<KubeObject | undefined | ClusterError> {
  try {
    return await cluster.get(ref, { deadline: LOOK_WITHIN_MS });
  } catch (error) {
    if (error instanceof ClusterError) return error.kind === "not-served" ? undefined : error;
    throw error;
  }
}

function stateText(
  live: KubeObject | undefined | ClusterError,
  act: Act["act"],
  run: string,
  rollout: string | undefined,
): string {
  if (act === "exec") return "was running a command, which may go on there";
  if (live instanceof ClusterError) return `could not be looked at (${live.message})`;
  if (act === "delete") {
    if (live === undefined) return "is deleted";
    return live.metadata.deletionTimestamp === undefined ? "was not deleted" : "is being deleted";
  }
  if (live === undefined) return "is not there";
  if (act === "record") return "keeps what is known of the one-time act";
  if (live.metadata.deletionTimestamp !== undefined) return "is being deleted";
  if (live.metadata.annotations?.[ANNOTATION.planUid] !== run) return "is as it was before";
  const details = [replicasText(live), rollout].filter((text) => text !== undefined);
  return details.length === 0 ? "was written" : `was written (${details.join("; ")})`;
}

/** `asks for 5 replicas, has 4, of which 3 are ready`. */
function replicasText({ spec, status }: KubeObject): string | undefined {
  const wanted = isMap(spec) ? spec.replicas : undefined;
  if (typeof wanted !== "number") return undefined;
  const count = (name: string): number => {
    const value = isMap(status) ? status[name] : undefined;
    return typeof value === "number" ? value : 0;
  };
  const ready = count("readyReplicas");
  return `asks for ${wanted} ${wanted === 1 ? "replica" : "replicas"}, has ${count("replicas")}, of which ${ready} ${ready === 1 ? "is" : "are"} ready`;
}
