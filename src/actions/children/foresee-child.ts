import type { Children, ForeseenChild, WantedChild } from "../../engine/children/children.ts";
import { type ForeseenChildren, foreseeChildren } from "../../engine/children/foresee-children.ts";
import { previewDiff } from "../../engine/preview/preview-diff.ts";
import { needsOthers } from "../../model/dependency.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, refKey } from "../../model/kube-object.ts";
import { operatorVersionName } from "../../model/names.ts";
import { listRuns } from "../../store/run-store.ts";
import { recordedParameters } from "../change/desired-parameters.ts";
import type { ActionContext } from "../context.ts";
import { refuseClaims } from "../removal/claims.ts";
import { keptObjects } from "../removal/kept-objects.ts";
import type { Decided } from "../run/carry-out.ts";
import { draftRecord, plainSalt, runInputs } from "../run/draft-run.ts";
import { childProblems } from "./child-problems.ts";
import type { ChildrenIn } from "./children-in.ts";
import { type ChildChange, childChange, plannedInstance } from "./decide-child.ts";

/** What bringing an instance to what another one needs would do, with what it needs itself. Nothing is written. Throws ClusterError when the cluster cannot be asked. */
export async function foreseeChild(
  ctx: ActionContext,
  wanted: WantedChild,
  childrenIn: ChildrenIn,
): Promise<ForeseenChild> {
  const { ref } = wanted;
  try {
    const change = await childChange(ctx, wanted);
    const isOverData = change.kind === "install" && (await refuseLeft(ctx, wanted));
    const decided = change.decide(change.state);
    if ("settled" in decided) return { objects: [{ ref, change: "unchanged" }], problems: [] };
    const planned = await plannedChange(wanted, change, decided);
    const own = isOverData
      ? { ...planned, why: `${planned.why}, over the data that it left` }
      : planned;
    if (!needsOthers(change.pkg)) return { objects: [own], problems: [] };
    const below = await foreseeBelow(change.ctx, change, decided, childrenIn(change.ctx));
    return { objects: [own, ...below.objects], problems: below.problems };
  } catch (error) {
    if (!(error instanceof KplanError) || error.kind === "failed") throw error;
    return { objects: [], problems: childProblems(error, ref) };
  }
}

/** What an earlier instance of that name left: data. True when it is the parent's own, of a time when a task of it had not deleted it yet. */
async function refuseLeft(ctx: ActionContext, wanted: WantedChild): Promise<boolean> {
  const { ref } = wanted;
  const kept = await keptObjects(ctx, ref.name);
  const { childClaims } = ctx;
  if (kept.length > 0 && childClaims === undefined && (await hasMade(ctx, wanted))) return true;
  refuseClaims(ref.name, kept, {
    reuseClaims: childClaims === "reuse",
    deleteClaims: childClaims === "delete",
  });
  return false;
}

async function hasMade(
  { cluster, namespace }: ActionContext,
  { ref, parent }: WantedChild,
): Promise<boolean> {
  const runs = await listRuns(cluster, { namespace, instance: parent.name });
  const key = refKey(ref);
  return runs.some(
    ({ instanceUid, record: { inventory } }) =>
      instanceUid === parent.uid && inventory.some((entry) => refKey(entry.ref) === key),
  );
}

async function plannedChange(
  wanted: WantedChild,
  { state: { object }, pkg }: ChildChange,
  decided: Decided,
): Promise<ForeseenChild["objects"][number]> {
  const { ref } = wanted;
  const plans = decided.choice.plans.join(", ");
  const planned = plannedInstance(wanted, decided);
  if (object === undefined) {
    const values = Object.entries(decided.desired.stored);
    const given = values.map(([name, text]) => `${name}=${text.trim()}`).join(", ");
    const why = `of ${operatorVersionName(pkg.operator)}, runs ${plans}${given === "" ? "" : ` with ${given}`}`;
    return { ref, change: "create", why };
  }
  const why = `runs ${plans}`;
  return { ref, change: "configure", why, diff: await previewDiff(comparable(object), planned) };
}

/** Without what a person did not ask for. */
function comparable({ apiVersion, kind, metadata, spec }: KubeObject): KubeObject {
  const { name, namespace, ownerReferences } = metadata;
  const { operatorVersion, parameters } = spec as {
    operatorVersion?: { name?: string };
    parameters?: unknown;
  };
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(ownerReferences && { ownerReferences }),
    },
    spec: { operatorVersion: { name: operatorVersion?.name }, parameters: parameters ?? {} },
  };
}

/** What becomes of the instances that a change of an instance needs. Throws ClusterError when the cluster cannot be asked, a `bad-input` KplanError when a file of parameters does not render. */
export async function foreseeBelow(
  ctx: ActionContext,
  { kind, state }: Pick<ChildChange, "kind" | "state">,
  { pkg, choice, desired }: Decided,
  children: Children,
): Promise<ForeseenChildren> {
  const { cluster } = ctx;
  const decision = {
    ...{ kind, pkg, choice, state },
    values: desired.values,
    recorded: recordedParameters(desired, state.secrets),
    capabilities: await cluster.capabilities(),
    allow: [],
    acts: [],
    salt: plainSalt(state),
  };
  const uid = state.object?.metadata.uid ?? "";
  const inputs = runInputs(decision, draftRecord(ctx, decision), uid);
  return await foreseeChildren(inputs, { children, cluster });
}
