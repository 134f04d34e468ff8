import { isMap } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, type ObjectRef, refOf } from "../../model/kube-object.ts";
import {
  ANNOTATION,
  KUDO_API_VERSION,
  KUDO_FINALIZER,
  LABEL,
  operatorVersionName,
} from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { randomUuid } from "../../model/random.ts";
import type { RunPath, RunRecord } from "../../model/run.ts";
import type { ExecutionStatus } from "../../model/status.ts";
import { packArchive } from "../../package/files/archive.ts";
import { storedPlanStatus } from "../../store/instance-status.ts";
import { instanceWriter } from "../../store/instance-writer.ts";
import type { HeldLease } from "../../store/lease.ts";
import { operatorObject, operatorVersionObject } from "../../store/operator-objects.ts";
import { storePackage } from "../../store/package-store.ts";
import { createRun } from "../../store/run-store.ts";
import { desiredParameters } from "../change/desired-parameters.ts";
import type { ActionContext } from "../context.ts";
import {
  digestOf,
  instanceName,
  operatorVersionNamespace,
  storedParameters,
} from "../instance/find-instance.ts";
import {
  type KnownInstance,
  readInstanceState,
  requireInstance,
} from "../instance/instance-state.ts";
import { refuseKudo } from "../instance/refuse-kudo.ts";
import { plainSalt, runInputs } from "../run/draft-run.ts";
import { createUnlessThere } from "../run/store-wanted.ts";
import { withLease } from "../run/with-lease.ts";
import { adoptedRecords, type UnfinishedPlan, unfinishedPlan } from "./adopted-records.ts";
import { type KudosPackage, kudosPackage } from "./kudos-package.ts";
import { type MadeByKudo, madeByKudo } from "./made-by-kudo.ts";

/** What `adopt` is asked for. */
export interface AdoptRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** Find out what would be taken over, and write nothing. */
  readonly dryRun?: boolean;
}

/** What became of an instance of KUDO's. */
export interface Adoption {
  readonly instance: string;
  readonly namespace: string;
  /** `kplans`: it is kplan's already. */
  readonly state: "adopted" | "would-adopt" | "kplans";
  readonly operatorVersion: string;
  /** Of the package as it is kept now; absent of one that is kplan's already. */
  readonly digest?: string;
  readonly plans: readonly { readonly name: string; readonly status: ExecutionStatus }[];
  /** What KUDO did not bring to its end, and the command that does. */
  readonly unfinished?: UnfinishedPlan & { readonly next: string };
  readonly objects: readonly { readonly ref: ObjectRef; readonly path: RunPath }[];
  /** KUDO's finalizer was on it, and is not any more. */
  readonly finalizerRemoved: boolean;
  readonly notes: readonly string[];
  /** Instances that it owns. */
  readonly children: readonly Adoption[];
}

/**
 * Takes over an instance that KUDO made: keeps its package, writes down what KUDO made and how far its plans are, and takes KUDO's finalizer off. No object of the
 * instance is touched. Killed at any instant, the same command goes on. Throws a KplanError beside a living KUDO, and for an instance that is not there.
 */
export async function adopt(ctx: ActionContext, request: AdoptRequest): Promise<Adoption> {
  const name = await instanceName(ctx, request.instance);
  await refuseKudo(ctx);
  return await adoptKnown(ctx, name, request.dryRun ?? false);
}

/** The same for one instance, when nobody needs to look for a KUDO any more. Those that it owns come first. */
export async function adoptKnown(
  ctx: ActionContext,
  name: string,
  dryRun: boolean,
): Promise<Adoption> {
  const seen = await requireInstance(ctx, await readInstanceState(ctx, name));
  const children: Adoption[] = [];
  for (const child of await childrenOf(ctx, seen.object))
    children.push(await adoptKnown(ctx, child, dryRun));
  if (digestOf(seen.object) !== undefined) return { ...kplans(seen), children };
  if (dryRun) return { ...(await look(ctx, seen)).adoption, children };
  let adoption: Adoption | undefined;
  await withLease(ctx, { instance: name }, async (lease) => {
    const state = await requireInstance(ctx, await readInstanceState(ctx, name));
    adoption =
      digestOf(state.object) === undefined ? await takeOver(ctx, state, lease) : kplans(state);
    return { kind: "nothing-to-do", message: "adopted" };
  });
  return { ...(adoption ?? kplans(seen)), children };
}

/** Names of the instances that an instance owns, as KUDO's KudoOperator tasks make them. */
async function childrenOf(
  { cluster, namespace }: ActionContext,
  { metadata }: KubeObject,
): Promise<readonly string[]> {
  const query = { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace };
  const { items } = await cluster.list(query);
  return items
    .filter((item) => item.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid))
    .map((item) => item.metadata.name)
    .sort();
}

interface Looked extends KudosPackage {
  readonly adoption: Adoption;
  readonly records: readonly RunRecord[];
}

/** What there is to take over. Reads only. */
async function look(ctx: ActionContext, state: KnownInstance): Promise<Looked> {
  const { object, name } = state;
  const [found, capabilities] = await Promise.all([
    kudosPackage(ctx, object),
    ctx.cluster.capabilities(),
  ]);
  const { pkg } = found;
  const { desired } = desiredParameters(
    pkg,
    { given: {}, secrets: {}, unset: [], issues: [] },
    { name, stored: storedParameters(object) },
  );
  const at = ctx.clock.now().toISOString();
  const { user, host } = ctx.identity;
  const facts = {
    instance: object,
    pkg,
    // Those of an adoption that was killed half-way are the same again.
    number: state.nextNumber - state.runs.length,
    uids: randomUuid,
    at,
    host,
    ...(user !== undefined && { user }),
  };
  const [sample] = adoptedRecords({ ...facts, inventory: [] });
  if (sample === undefined) throw new Error("an adoption has a record");
  const ran = new Set(
    storedPlanStatus(object).flatMap((plan) => (plan.status === "NEVER_RUN" ? [] : [plan.name])),
  );
  const inputs = runInputs(
    { pkg, values: desired.values, capabilities, salt: plainSalt(state), acts: [] },
    sample,
    object.metadata.uid ?? "",
  );
  const plans = pkg.operator.plans.filter((plan) => ran.has(plan.name));
  const made = await madeByKudo(ctx.cluster, object, { ...inputs, plans });
  const withChildren = withOwnInstances(made, await childrenOf(ctx, object), ctx.namespace);
  const records = adoptedRecords({ ...facts, inventory: withChildren.inventory });
  return { ...found, records, adoption: told(state, pkg, withChildren) };
}

/** KUDO's KudoOperator tasks put no label of the parent on what they made, and no plan. */
function withOwnInstances(
  made: MadeByKudo,
  children: readonly string[],
  namespace: string,
): MadeByKudo {
  const known = new Set(
    made.inventory.flatMap(({ ref }) => (ref.kind === "Instance" ? [ref.name] : [])),
  );
  const own = children
    .filter((name) => !known.has(name))
    .map((name) => ({
      ref: { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace, name },
      path: { plan: "deploy" },
    }));
  return { ...made, inventory: [...made.inventory, ...own] };
}

function told(state: KnownInstance, pkg: OperatorPackage, made: MadeByKudo): Adoption {
  const { object, name } = state;
  const { finalizers = [], deletionTimestamp } = object.metadata;
  const unfinished = unfinishedPlan(object);
  const isLeaving = deletionTimestamp !== undefined;
  return {
    instance: name,
    namespace: state.namespace,
    state: "would-adopt",
    operatorVersion: operatorVersionName(pkg.operator),
    digest: pkg.digest,
    plans: storedPlanStatus(object).map((plan) => ({ name: plan.name, status: plan.status })),
    ...(unfinished && { unfinished: { ...unfinished, next: nextCommand(unfinished, name) } }),
    objects: made.inventory,
    // On an instance that is being deleted it holds the instance until `uninstall` has run its cleanup plan.
    finalizerRemoved: finalizers.includes(KUDO_FINALIZER) && !isLeaving,
    notes: [
      ...made.notes,
      ...(isLeaving
        ? [
            `${name} is being deleted: \`kplan uninstall --instance ${name}\` runs its cleanup plan and removes it`,
          ]
        : []),
    ],
    children: [],
  };
}

function nextCommand({ status }: UnfinishedPlan, name: string): string {
  return status === "FATAL_ERROR"
    ? `kplan plan retry --instance ${name}`
    : `kplan plan resume --instance ${name}`;
}

function kplans({ object, name, namespace }: KnownInstance): Adoption {
  const spec = isMap(object.spec) ? object.spec : {};
  const version = isMap(spec.operatorVersion) ? String(spec.operatorVersion.name ?? "") : "";
  return {
    instance: name,
    namespace,
    state: "kplans",
    operatorVersion: version,
    plans: storedPlanStatus(object).map((plan) => ({ name: plan.name, status: plan.status })),
    objects: [],
    finalizerRemoved: false,
    notes: [],
    children: [],
  };
}

/** The Instance comes last: with its digest it is kplan's, and all the rest is there. */
async function takeOver(
  ctx: ActionContext,
  state: KnownInstance,
  lease: HeldLease,
): Promise<Adoption> {
  const { cluster, namespace } = ctx;
  const { pkg, operatorVersion, operator, records, adoption } = await look(ctx, state);
  const { object } = state;
  if (state.runs.some(({ record }) => record.kind !== "adopt" && record.kind !== "trigger"))
    throw new KplanError("not-kudos", `${state.name} has runs of kplan's already`, {
      hint: "`kplan plan history` shows them",
    });
  lease.check();
  const key = { namespace, operatorVersion: operatorVersionName(pkg.operator), digest: pkg.digest };
  const archive = await packArchive(pkg.files);
  await storePackage(cluster, key, { dialect: pkg.dialect, operator: pkg.operator.name, archive });
  await keepVersion(ctx, { pkg, operatorVersion, ...(operator && { operator }) });
  const instanceUid = object.metadata.uid ?? "";
  for (const record of records.slice(state.runs.length)) {
    lease.check();
    await createRun(cluster, record, { instanceUid, token: lease.token });
  }
  lease.check();
  const { finalizers = [], deletionTimestamp } = object.metadata;
  const others = finalizers.filter((each) => each !== KUDO_FINALIZER);
  await instanceWriter(cluster, object, lease.token).patch({
    metadata: {
      annotations: {
        [ANNOTATION.digest]: pkg.digest,
        [ANNOTATION.token]: String(lease.token),
      },
      labels: { [LABEL.operator]: pkg.operator.name },
      ...(deletionTimestamp === undefined &&
        others.length < finalizers.length && {
          finalizers: others.length === 0 ? null : others,
        }),
    },
    ...(operatorVersionNamespace(object) !== undefined && {
      spec: { operatorVersion: { namespace: null, name: key.operatorVersion } },
    }),
  });
  return { ...adoption, state: "adopted" };
}

/** The OperatorVersion says whose package it is; one of another namespace gets a copy beside the instance. */
async function keepVersion(
  { cluster, namespace }: ActionContext,
  { pkg, operatorVersion, operator }: KudosPackage,
): Promise<void> {
  const { annotations } = operatorVersionObject(pkg, namespace).metadata;
  if (operatorVersion.metadata.namespace === namespace) {
    await cluster.patch(refOf(operatorVersion), { metadata: { annotations } });
    return;
  }
  const copy = ({ apiVersion, kind, metadata, ...rest }: KubeObject): KubeObject => ({
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      namespace,
      ...(metadata.labels && { labels: metadata.labels }),
    },
    ...rest,
  });
  await createUnlessThere(cluster, operator ? copy(operator) : operatorObject(pkg, namespace));
  const version = copy(operatorVersion);
  await createUnlessThere(cluster, {
    ...version,
    metadata: { ...version.metadata, ...(annotations && { annotations }) },
  });
}
