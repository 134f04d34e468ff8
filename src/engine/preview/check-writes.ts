import { ClusterError } from "../../model/cluster.ts";
import { canonicalJson } from "../../model/json.ts";
import { type KubeObject, refKey, refOf, refText } from "../../model/kube-object.ts";
import type { PlannedObject, Preview, PreviewProblem } from "../../model/run.ts";
import type { PreviewDeps } from "../engine-deps.ts";
import { claimsNote, orphanProblem } from "../objects/immutable-fields.ts";
import { ownerOf, refuseOtherInstance } from "../objects/other-instance.ts";
import { replacement } from "../objects/replace-object.ts";
import { withWebhookHome } from "../objects/webhook-home.ts";
import type { Limit } from "../run-context.ts";
import { type Check, checkObject } from "./check-object.ts";
import type { PlannedWrite } from "./plan-writes.ts";
import { checkKey } from "./preview-cache.ts";

/** What checking needs: a preview's world, and the bound on requests at the same time. */
export interface CheckWritesDeps extends PreviewDeps {
  readonly requests: Limit;
}

/** Milliseconds for which an answer of an earlier check stands. */
const HOLDS = 10_000;

/**
 * Asks the server about every write that can be asked about, all at the same time, and gathers all that is in the way. Answers go to `deps.preview`,
 * and those that are there are not asked for again. `made`: `refKey` of what is in the inventory and so likely there. Throws ClusterError when the cluster cannot be asked at all.
 */
export async function checkWrites(
  writes: readonly PlannedWrite[],
  made: ReadonlySet<string>,
  deps: CheckWritesDeps,
): Promise<Preview> {
  const answers = await Promise.all(
    writes.map((write) => deps.requests(() => checkOne(write, made, deps))),
  );
  return {
    objects: answers.map(({ object }) => object),
    problems: answers.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
  };
}

interface Answer {
  readonly object: PlannedObject;
  readonly problem?: PreviewProblem;
}

async function checkOne(
  write: PlannedWrite,
  made: ReadonlySet<string>,
  deps: CheckWritesDeps,
): Promise<Answer> {
  const { path, object, act, why } = write;
  const place = { path, ref: refOf(object) };
  try {
    if (why !== undefined) {
      const missing = await missingPermission(write, deps);
      const later = { object: { ...place, change: "later", why } } as const;
      return missing === undefined ? later : { ...later, problem: { ...place, ...missing } };
    }
    const change =
      act === "apply" ? await checkApply(write, made, deps) : await checkDelete(write, deps);
    return { object: { ...place, ...change } };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (isAboutTheCluster(error)) throw await withWebhookHome(error, deps.cluster);
    const how = replacement(error, object, write.onImmutable);
    if (how !== undefined) return await replaced(place, object, { how, error }, deps);
    const blind = cannotTell(error, write);
    if (blind !== undefined) return { object: { ...place, change: "later", why: blind } };
    const named = await withWebhookHome(error, deps.cluster);
    return failing(place, named.message, hintOf(named));
  }
}

function failing(
  place: Pick<PlannedObject, "path" | "ref">,
  message: string,
  hint?: string,
): Answer {
  const problem = { ...place, message, ...(hint !== undefined && { hint }) };
  return { object: { ...place, change: "later", why: "it would fail" }, problem };
}

/** What is made anew for a field that cannot be changed, unless nothing could take over what it has made. */
async function replaced(
  place: Pick<PlannedObject, "path" | "ref">,
  object: KubeObject,
  { how, error }: { readonly how: "recreate" | "orphan"; readonly error: ClusterError },
  { cluster, signal }: CheckWritesDeps,
): Promise<Answer> {
  const live = await cluster.get(place.ref, signal === undefined ? {} : { signal });
  const problem = how === "orphan" && live !== undefined ? orphanProblem(object, live) : undefined;
  if (problem !== undefined) return failing(place, problem);
  const stays = how === "orphan" ? "what it has made stays" : "all that it has made goes with it";
  const claims = live === undefined ? undefined : claimsNote(object, live);
  const why = [error.message, stays, ...(claims === undefined ? [] : [claims])].join("; ");
  return { object: { ...place, change: "recreate", why } };
}

async function checkApply(
  { path, object }: PlannedWrite,
  made: ReadonlySet<string>,
  deps: CheckWritesDeps,
): Promise<Pick<PlannedObject, "change" | "diff">> {
  const key = checkKey(path, object);
  const known = deps.preview?.get(key);
  const holds = known?.body === canonicalJson(object) && deps.clock.monotonic() - known.at < HOLDS;
  if (known !== undefined && holds && !deps.wantDiffs) return { change: known.change };
  const check = await checkObject(object, made.has(refKey(refOf(object))), deps);
  deps.preview?.set(key, {
    body: check.body,
    change: check.change,
    live: check.live,
    at: check.at,
  });
  const diff = deps.wantDiffs ? await diffOf(check) : undefined;
  return { change: check.change, ...(diff !== undefined && { diff }) };
}

async function diffOf({ change, live, after }: Check): Promise<string | undefined> {
  if (change !== "configure" || live === undefined || after === undefined) return undefined;
  const { previewDiff } = await import("./preview-diff.ts");
  return await previewDiff(live, after);
}

async function checkDelete(
  { object }: PlannedWrite,
  deps: CheckWritesDeps,
): Promise<Pick<PlannedObject, "change">> {
  const { cluster, signal } = deps;
  const options = signal === undefined ? {} : { signal };
  const live = await cluster.get(refOf(object), options);
  if (live === undefined) return { change: "absent" };
  refuseOtherInstance(live, ownerOf(object), deps);
  const propagation = "Foreground";
  const there = await cluster.delete(refOf(object), { dryRun: true, propagation, ...options });
  return { change: there ? "delete" : "absent" };
}

/** For what cannot be tried yet, at least whether we may. */
async function missingPermission(
  { object, act, after }: PlannedWrite,
  { cluster }: CheckWritesDeps,
): Promise<Pick<PreviewProblem, "message" | "hint"> | undefined> {
  // What was not written before in this run is of a kind that is not there yet, or in a namespace that is not.
  if (after === undefined) return undefined;
  const verb = act === "delete" ? "delete" : after.act === "apply" ? "patch" : "create";
  const ref = refOf(object);
  const allowed = await cluster.mayI(verb, ref).catch(() => true);
  if (allowed) return undefined;
  const inside = ref.namespace === undefined ? "" : ` in namespace ${ref.namespace}`;
  return {
    message: `the user may not ${verb} ${refText(ref)}${inside}`,
    hint: `a role with the verb ${verb} on ${ref.kind} is missing, see docs/rbac.md`,
  };
}

/** True for errors that say nothing about the object: the cluster cannot be asked. */
function isAboutTheCluster(error: ClusterError): boolean {
  return (
    error.kind === "unauthorized" ||
    error.kind === "unreachable" ||
    (error.transient && error.kind !== "conflict")
  );
}

/** Why a refusal of the dry run does not mean that the write will be refused. */
function cannotTell(error: ClusterError, write: PlannedWrite): string | undefined {
  if (/does not support dry run/.test(error.message))
    return "an admission webhook does not support dry runs";
  if (error.kind === "quota" && write.afterDelete)
    return "there is no room in the quota before an earlier task deletes something";
  if (error.kind === "conflict" && error.transient) return error.message;
  return undefined;
}

function hintOf(error: ClusterError): string | undefined {
  if (error.hint !== undefined || error.conflicts.length === 0) return error.hint;
  return "take the fields over with --force-conflicts, or leave them out of the template";
}
