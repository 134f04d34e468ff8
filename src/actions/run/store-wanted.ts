import { type Cluster, ClusterError } from "../../model/cluster.ts";
import type { KubeObject, OwnerReference } from "../../model/kube-object.ts";
import { refOf } from "../../model/kube-object.ts";
import { ANNOTATION, KUDO_API_VERSION, LABEL, operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { RunRecord } from "../../model/run.ts";
import { packArchive } from "../../package/files/archive.ts";
import { planExecution } from "../../store/instance-status.ts";
import { type InstanceWriter, instanceWriter } from "../../store/instance-writer.ts";
import { operatorObject, operatorVersionObject } from "../../store/operator-objects.ts";
import { storePackage } from "../../store/package-store.ts";
import type { ActionContext } from "../context.ts";
import { storedParameters } from "../instance/find-instance.ts";
import { isDoomed, spare } from "../removal/doomed-versions.ts";

/**
 * Keeps the package in the cluster: its pieces and the Operator first, the OperatorVersion last. Whoever finds the OperatorVersion with this digest finds
 * all of it; killed before, the next call completes it.
 */
export async function storeOperator(
  cluster: Cluster,
  namespace: string,
  pkg: OperatorPackage,
): Promise<void> {
  const wanted = operatorVersionObject(pkg, namespace);
  const present = await cluster.get(refOf(wanted));
  if (present?.metadata.annotations?.[ANNOTATION.digest] === pkg.digest) return;
  await storeWhole(cluster, namespace, pkg, present);
}

/** Milliseconds for which the removal of a package is waited for: longer than one who removes may go on without a lease. */
const REMOVAL_MS = 20_000;
const LOOK_MS = 500;

/**
 * Sees to it that the package stays, once there is an Instance that needs it: whoever uninstalled the last one before may be removing it right now, and either
 * sees this Instance or is seen here. One request where nobody is.
 */
export async function keepOperator(
  { cluster, clock, namespace }: Pick<ActionContext, "cluster" | "clock" | "namespace">,
  pkg: OperatorPackage,
): Promise<void> {
  const ref = refOf(operatorVersionObject(pkg, namespace));
  const until = clock.monotonic() + REMOVAL_MS;
  for (;;) {
    const live = await cluster.get(ref);
    const isThere = live?.metadata.annotations?.[ANNOTATION.digest] === pkg.digest;
    if (isThere && !isDoomed(live)) return;
    if (live && isDoomed(live)) {
      if (clock.monotonic() < until) {
        await clock.sleep(LOOK_MS);
        continue;
      }
      if (!(await spare(cluster, live))) continue;
    }
    await storeWhole(cluster, namespace, pkg);
  }
}

/** Stores all of a package, whatever of it is there. */
export async function storeWhole(
  cluster: Cluster,
  namespace: string,
  pkg: OperatorPackage,
  found?: KubeObject,
): Promise<void> {
  const wanted = operatorVersionObject(pkg, namespace);
  const present = found ?? (await cluster.get(refOf(wanted)));
  const key = {
    namespace,
    operatorVersion: operatorVersionName(pkg.operator),
    digest: pkg.digest,
  };
  const archive = await packArchive(pkg.files);
  await Promise.all([
    createUnlessThere(cluster, operatorObject(pkg, namespace)),
    storePackage(cluster, key, { dialect: pkg.dialect, operator: pkg.operator.name, archive }),
  ]);
  if (!present) await createUnlessThere(cluster, wanted);
  else await cluster.replace({ ...wanted, metadata: { ...present.metadata, ...wanted.metadata } });
}

/** What an Instance is to say. */
export interface WantedInstance {
  readonly name: string;
  readonly namespace: string;
  readonly pkg: OperatorPackage;
  readonly parameters: Readonly<Record<string, string>>;
  /** The run that is about to begin. */
  readonly run: RunRecord;
  readonly token: number;
  /** The instance that it is a part of, when it is made for one. */
  readonly owner?: OwnerReference;
}

/** Creates the Instance, or makes it say what is wanted; from then on it is written through the result. */
export async function storeInstance(
  cluster: Cluster,
  present: KubeObject | undefined,
  wanted: WantedInstance,
): Promise<InstanceWriter> {
  const { name, namespace, pkg, token } = wanted;
  const annotations = { [ANNOTATION.digest]: pkg.digest, [ANNOTATION.token]: String(token) };
  const labels = { [LABEL.operator]: pkg.operator.name };
  const spec = {
    operatorVersion: { name: operatorVersionName(pkg.operator) },
    planExecution: planExecution(wanted.run),
  };
  if (present) {
    const writer = instanceWriter(cluster, present, token);
    const parameters = replacing(storedParameters(present), wanted.parameters);
    await writer.patch({ metadata: { annotations, labels }, spec: { ...spec, parameters } });
    return writer;
  }
  const created = await cluster.create({
    apiVersion: KUDO_API_VERSION,
    kind: "Instance",
    metadata: {
      name,
      namespace,
      labels,
      annotations,
      ...(wanted.owner && { ownerReferences: [wanted.owner] }),
    },
    spec: { ...spec, parameters: wanted.parameters },
  });
  return instanceWriter(cluster, created, token);
}

/** A merge patch that leaves just the members of `after`. */
function replacing(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const cleared = Object.keys(before).map((name) => [name, null] as const);
  return { ...Object.fromEntries(cleared), ...after };
}

/** The merge patch of `spec.parameters` that makes an Instance say what another state of it says. */
export function parametersPatch(
  now: KubeObject,
  wanted: KubeObject,
): Record<string, string | null> {
  return replacing(storedParameters(now), storedParameters(wanted));
}

/** Creates an object; one that is there already stays as it is. */
export async function createUnlessThere(cluster: Cluster, object: KubeObject): Promise<void> {
  try {
    await cluster.create(object);
  } catch (error) {
    if (!(error instanceof ClusterError && error.kind === "already-exists")) throw error;
  }
}
