import { compareObject, type Difference } from "../../engine/drift/compare-object.ts";
import { lenientCluster } from "../../engine/objects/lenient-cluster.ts";
import { createLimit } from "../../engine/run-context.ts";
import { ClusterError } from "../../model/cluster.ts";
import type { AppliedAt, DriftedField, DriftedObject, DriftReport } from "../../model/drift.ts";
import { isMap } from "../../model/json.ts";
import { type KubeObject, type ObjectRef, refKey, refText } from "../../model/kube-object.ts";
import { secretsName } from "../../model/names.ts";
import type { FixedObject } from "../../model/run.ts";
import { bearsParameters } from "../../store/run-store.ts";
import type { ActionContext } from "../context.ts";
import type { KnownInstance } from "../instance/instance-state.ts";
import {
  type AppliedBy,
  type AppliedObject,
  appliedObjects,
  sourcesOf,
} from "./applied-objects.ts";
import { findLeftovers } from "./find-leftovers.ts";

/** What was found, and what a fix is to be done by. */
export interface FoundDrift {
  readonly report: DriftReport;
  /** For each drifted object that was compared, and each that an interrupted fix was about, the run that is to be repeated for it. */
  readonly fixable: readonly { readonly what: FixedObject; readonly by: AppliedBy }[];
}

/**
 * Compares all that an instance has made with what its runs applied last. Writes nothing. Throws ClusterError when the cluster cannot be asked.
 */
export async function findDrift(ctx: ActionContext, state: KnownInstance): Promise<FoundDrift> {
  const requests = createLimit(ctx.limits.concurrency);
  const read = remembered(ctx, requests);
  const sources = sourcesOf(ctx, state);
  const applied = await appliedObjects(ctx, state, sources, read);
  const underWay = announced(state);
  const known = applied.filter(({ entry }) => !underWay.has(refKey(entry.ref)));
  const notes: string[] = [];
  const unknown: DriftReport["unknown"][number][] = known.flatMap(({ entry, why }) =>
    why === undefined ? [] : [{ ref: entry.ref, message: why }],
  );
  const scaled = autoscaled(ctx);
  const found = await Promise.all(
    known.map(async (one) => {
      if (one.object === undefined || one.source === undefined) return undefined;
      const { object, source } = one;
      const difference = await compare(ctx, object, one, requests, read).catch(tellUnknown);
      if (typeof difference === "string") {
        unknown.push({ ref: one.entry.ref, message: difference });
        return undefined;
      }
      if (difference === undefined || isDoneJob(one.entry, source, difference)) return undefined;
      const replicas = difference.fields.find(({ field }) => field === ".spec.replicas");
      const scaler = replicas && (await scaled(one.entry.ref, replicas));
      if (scaler === undefined) return { one, source, difference };
      notes.push(
        `${refText(one.entry.ref)}: .spec.replicas is ${JSON.stringify(replicas?.live)}, as HorizontalPodAutoscaler ${scaler} wants it`,
      );
      const fields = difference.fields.filter((field) => field !== replicas);
      return fields.length === 0
        ? undefined
        : { one, source, difference: { ...difference, fields }, unscaled: true as const };
    }),
  );
  const drifted = found.filter((one) => one !== undefined);
  const newest = state.runs.find(({ record }) => bearsParameters(record))?.record;
  const current = newest && (await sources(newest));
  const now = typeof current === "object" ? current : undefined;
  return {
    report: {
      instance: state.name,
      namespace: ctx.namespace,
      ...unfinishedOf(state),
      compared: known.filter(({ object }) => object !== undefined).length,
      objects: [
        ...drifted.map(({ one, difference }) => ({ ...placeOf(one), ...difference })),
        ...secretDrift(ctx, state, now),
      ],
      unknown,
      leftovers: leftovers(ctx, state, applied, now),
      notes,
    },
    fixable: [
      ...drifted.map(({ one, source, unscaled }) => ({
        what: { ref: one.entry.ref, path: one.entry.path, ...(unscaled && { unscaled }) },
        by: source,
      })),
      ...beingFixed(
        state,
        known,
        drifted.map(({ one }) => one),
      ),
    ],
  };
}

/** What an interrupted fix has written already is yet to be waited for. */
function beingFixed(
  { runs }: KnownInstance,
  known: readonly AppliedObject[],
  drifted: readonly AppliedObject[],
): FoundDrift["fixable"] {
  const before = runs[0]?.record;
  if (before?.kind !== "fix" || before.status === "COMPLETE") return [];
  const only = new Map((before.only ?? []).map((what) => [refKey(what.ref), what]));
  return known.flatMap((one) => {
    const what = only.get(refKey(one.entry.ref));
    if (what === undefined || one.source === undefined || drifted.includes(one)) return [];
    return [{ what: { ...what, path: one.entry.path }, by: one.source }];
  });
}

/** A Job that is gone after it did its work is as it should be: made again, it would do it twice. */
function isDoneJob(
  { ref }: AppliedObject["entry"],
  { record }: AppliedBy,
  { state }: Difference,
): boolean {
  if (ref.kind !== "Job" || (state !== "missing" && state !== "leaving")) return false;
  const isNoted = record.finished?.some((job) => refKey(job.ref) === refKey(ref)) ?? false;
  return isNoted || record.status === "COMPLETE";
}

async function compare(
  { cluster }: ActionContext,
  object: KubeObject,
  { entry, source }: AppliedObject,
  requests: ReturnType<typeof createLimit>,
  read: (ref: ObjectRef) => Promise<KubeObject | undefined>,
): Promise<Difference | undefined> {
  const live = await read(entry.ref);
  // What was left out when it was applied is no difference.
  const asApplied = source ? lenientCluster(cluster, source.inputs.pkg, () => undefined) : cluster;
  return await requests(() => compareObject(object, live, { cluster: asApplied }));
}

/** What is wrong with one object does not hide the others; a cluster that cannot be asked does. */
function tellUnknown(error: unknown): string {
  if (!(error instanceof ClusterError)) throw error;
  if (error.transient || error.kind === "unauthorized" || error.kind === "unreachable") throw error;
  return error.message;
}

function placeOf({ entry, source }: AppliedObject): AppliedAt {
  const run = source?.record.number;
  return { ref: entry.ref, path: entry.path, ...(run !== undefined && { run }) };
}

/** What the newest run was about to write when it stopped: how far it got with that is no drift. */
function announced({ runs }: KnownInstance): ReadonlySet<string> {
  const [newest] = runs;
  if (newest === undefined || newest.record.status === "COMPLETE") return new Set();
  const intents = newest.record.kind === "fix" ? [] : newest.record.intents;
  return new Set(intents.flatMap(({ objects }) => objects.map(refKey)));
}

function unfinishedOf({ runs }: KnownInstance): Pick<DriftReport, "unfinished"> {
  const record = runs[0]?.record;
  if (record === undefined || record.status === "COMPLETE") return {};
  const { number, kind, status, message } = record;
  return {
    unfinished: { run: number, kind, status, ...(message !== undefined && { message }) },
  };
}

/** Only where the last run that brought the instance to its values is complete: before, anything may be yet to come. */
function leftovers(
  { cluster }: ActionContext,
  state: KnownInstance,
  applied: readonly AppliedObject[],
  current: AppliedBy | undefined,
): readonly AppliedAt[] {
  if (current?.record.status !== "COMPLETE") return [];
  const found = findLeftovers(state.inventory, current.inputs, cluster.simulated);
  const left = new Set(found.map(({ ref }) => refKey(ref)));
  return applied.filter(({ entry }) => left.has(refKey(entry.ref))).map(placeOf);
}

/** The Secret with the values of secret parameters is made beside the plans; a repair cannot know what it held. */
function secretDrift(
  { namespace }: ActionContext,
  { name, secrets }: KnownInstance,
  current: AppliedBy | undefined,
): readonly DriftedObject[] {
  if (current === undefined) return [];
  const { record, inputs } = current;
  const names = inputs.pkg.parameters.flatMap((one) => (one.type === "secret" ? one.name : []));
  const fields = names.flatMap((one) => {
    const was = record.parameters[one];
    if (was === undefined || secrets?.hashOf(one) === was) return [];
    const isThere = secrets?.hashOf(one) !== undefined;
    return [{ field: `.data.${one}`, applied: "***", ...(isThere && { live: "***" }) }];
  });
  if (fields.length === 0) return [];
  const ref = { apiVersion: "v1", kind: "Secret", namespace, name: secretsName(name) };
  const again = `its values are known to nobody else: give them again, kplan update -p ${names[0]}=@FILE`;
  const place = { ref, path: { plan: record.plans[0] ?? "" }, run: record.number };
  return secrets === undefined
    ? [{ ...place, state: "missing", message: again, fields: [] }]
    : [{ ...place, state: "changed", message: again, fields }];
}

/**
 * The autoscaler that sets the replicas of an object; read once, when it is first asked for. Where autoscalers may not be read, whoever scales through the cluster's own
 * controllers is taken for one.
 */
function autoscaled({
  cluster,
  namespace,
}: ActionContext): (ref: ObjectRef, field: DriftedField) => Promise<string | undefined> {
  let all: Promise<readonly KubeObject[] | undefined> | undefined;
  return async (ref, { by }) => {
    all ??= cluster
      .list({ apiVersion: "autoscaling/v1", kind: "HorizontalPodAutoscaler", namespace })
      .then(
        ({ items }) => items,
        (error: unknown) => {
          if (error instanceof ClusterError && error.kind === "forbidden") return undefined;
          throw error;
        },
      );
    const scalers = await all;
    if (scalers === undefined)
      return by?.manager === "kube-controller-manager" ? "(which may not be read)" : undefined;
    const found = scalers.find(({ spec }) => {
      const target = isMap(spec) ? spec.scaleTargetRef : undefined;
      return isMap(target) && target.kind === ref.kind && target.name === ref.name;
    });
    return found?.metadata.name;
  };
}

function remembered(
  { cluster }: ActionContext,
  requests: ReturnType<typeof createLimit>,
): (ref: ObjectRef) => Promise<KubeObject | undefined> {
  const answers = new Map<string, Promise<KubeObject | undefined>>();
  return (ref) => {
    const key = refKey(ref);
    const answer = answers.get(key) ?? requests(() => cluster.get(ref));
    answers.set(key, answer);
    return answer;
  };
}
