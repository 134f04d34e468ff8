import { type Cluster, ClusterError } from "../../model/cluster.ts";
import { allNeeded } from "../../model/dependency.ts";
import type { KubeObject, ObjectRef } from "../../model/kube-object.ts";
import { refOf } from "../../model/kube-object.ts";
import { ANNOTATION, KUDO_API_VERSION, LABEL } from "../../model/names.ts";
import { isNotServed } from "../../store/is-not-served.ts";
import { ANY_PACKAGE, operatorVersionOfPiece, packageSelector } from "../../store/package-store.ts";
import { asRead } from "../../store/run-store.ts";
import { operatorVersionOf } from "../instance/find-instance.ts";
import { doom } from "./doomed-versions.ts";

/** Where something is removed, and for whom. */
export interface RemovalPlace {
  readonly namespace: string;
  readonly instance: string;
  /** Throws when nothing may be removed any more: the lease is lost. */
  readonly check?: () => void;
}

/** How often what others write meanwhile is judged anew. */
const TRIES = 6;

/** Removes what `removeVersion` removes, of the operator and of all that its versions need; these first, so that what is left of them is found again. */
export async function removeOperator(
  cluster: Cluster,
  where: RemovalPlace,
  operatorVersion: string,
): Promise<void> {
  const versions = await kept(cluster, "OperatorVersion", where.namespace);
  const mine = versions?.find(({ metadata }) => metadata.name === operatorVersion);
  const family = mine && versions?.filter((version) => operatorOf(version) === operatorOf(mine));
  const names = (family ?? []).map(({ metadata }) => metadata.name);
  const needed = allNeeded(versions ?? [], names);
  for (const name of needed.toReversed()) await removeAnyhow(cluster, where, name);
  await removeAnyhow(cluster, where, operatorVersion, needed.length === 0 ? versions : undefined);
}

/** What somebody else has just written is read and judged anew: it may be needed now, or may not. */
async function removeAnyhow(
  cluster: Cluster,
  where: RemovalPlace,
  operatorVersion: string,
  known?: readonly KubeObject[],
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await removeVersion(cluster, where, operatorVersion, tries === 1 ? known : undefined);
      return;
    } catch (error) {
      const isConflict = error instanceof ClusterError && error.kind === "conflict";
      if (!isConflict || tries === TRIES) throw error;
    }
  }
}

/**
 * Removes the OperatorVersion of the last instance of an operator with the pieces of its package, those of earlier versions that an upgrade left, and the Operator.
 * Another instance may need each of them, for `rollback`, `drift` and a run that is to go on. What kplan did not store (it has no digest) stays. Done again, it finds what is left.
 */
async function removeVersion(
  cluster: Cluster,
  where: RemovalPlace,
  operatorVersion: string,
  known?: readonly KubeObject[],
): Promise<void> {
  const { namespace } = where;
  const [instances, versions] = await Promise.all([
    kept(cluster, "Instance", namespace),
    known ?? kept(cluster, "OperatorVersion", namespace),
  ]);
  const isOther = (instance: KubeObject): boolean => instance.metadata.name !== where.instance;
  const others = (instances ?? []).filter(isOther);
  const users = withNeeded(versions ?? [], others.map(operatorVersionOf));
  if (users.includes(operatorVersion)) return;
  const mine = versions?.find(({ metadata }) => metadata.name === operatorVersion);
  const pieces = await piecesOf(cluster, namespace, mine && operatorOf(mine));
  const own = pieces.find((piece) => operatorVersionOfPiece(piece) === operatorVersion);
  const operator = mine ? operatorOf(mine) : own?.metadata.labels?.[LABEL.operator];
  if (operator === undefined) return;
  const ofUsers = (versions ?? []).filter(({ metadata }) => users.includes(metadata.name));
  const used = [
    ...ofUsers.map(operatorOf),
    ...others.map(({ metadata }) => metadata.labels?.[LABEL.operator]),
  ];
  if (used.includes(operator)) return;
  const siblings = (versions ?? []).filter(
    (version) => version !== mine && operatorOf(version) === operator,
  );
  const unused = siblings.filter(
    ({ metadata }) => metadata.annotations?.[ANNOTATION.digest] !== undefined,
  );
  const going = new Set([operatorVersion, ...unused.map(({ metadata }) => metadata.name)]);
  const useless = pieces.filter((piece) => {
    if (piece.metadata.labels?.[LABEL.operator] !== operator) return false;
    // With the definition of Instances gone, nobody needs any.
    return instances === undefined || going.has(operatorVersionOfPiece(piece) ?? "");
  });
  const doomed = await doom(cluster, mine ? [...unused, mine] : unused, async () => {
    const now = ((await kept(cluster, "Instance", namespace)) ?? []).filter(isOther);
    return withNeeded(versions ?? [], now.map(operatorVersionOf)).some((name) => going.has(name));
  });
  if (doomed === undefined) return;
  for (const piece of useless) {
    where.check?.();
    await cluster.delete(refOf(piece), justThis(piece));
  }
  where.check?.();
  const earlier = mine ? doomed.slice(0, -1) : doomed;
  for (const version of earlier) await cluster.delete(refOf(version), asRead(version));
  if (mine === undefined) return;
  if (unused.length === siblings.length)
    await removeNamed(cluster, {
      apiVersion: KUDO_API_VERSION,
      kind: "Operator",
      namespace,
      name: operator,
    });
  // Last: as long as it is there, the rest is found again.
  const last = doomed.at(-1) ?? mine;
  await cluster.delete(refOf(last), asRead(last));
}

/** Versions that instances have, and all that these need. */
function withNeeded(versions: readonly KubeObject[], names: readonly string[]): readonly string[] {
  return [...names, ...allNeeded(versions, names)];
}

/** Undefined where somebody has removed the definition of the kind, and with it all that was of it. */
async function kept(
  cluster: Cluster,
  kind: string,
  namespace: string,
): Promise<readonly KubeObject[] | undefined> {
  try {
    return (await cluster.list({ apiVersion: KUDO_API_VERSION, kind, namespace })).items;
  } catch (error) {
    if (isNotServed(error)) return undefined;
    throw error;
  }
}

/** The pieces of an operator's packages, or of all packages. */
async function piecesOf(
  cluster: Cluster,
  namespace: string,
  operator: string | undefined,
): Promise<readonly KubeObject[]> {
  const labelSelector = operator === undefined ? ANY_PACKAGE : packageSelector(operator);
  try {
    const query = { apiVersion: "v1", kind: "Secret", namespace, labelSelector };
    return (await cluster.list(query)).items;
  } catch (error) {
    // Who may not list Secrets leaves the pieces behind; they are of no use to anybody.
    if (error instanceof ClusterError && error.kind === "forbidden") return [];
    throw error;
  }
}

async function removeNamed(cluster: Cluster, ref: ObjectRef): Promise<void> {
  const live = await cluster.get(ref);
  if (live) await cluster.delete(ref, justThis(live));
}

/** A deletion that names its object can be asked for again when its answer was lost. */
function justThis({ metadata: { uid } }: KubeObject): { readonly uid?: string } {
  return uid === undefined ? {} : { uid };
}

function operatorOf(version: KubeObject): string {
  const spec = version.spec as { operator?: { name?: string } } | undefined;
  return spec?.operator?.name ?? version.metadata.labels?.[LABEL.operator] ?? "";
}
