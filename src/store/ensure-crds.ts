import { after, type Clock } from "../model/clock.ts";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import { type KubeObject, type ObjectRef, refOf } from "../model/kube-object.ts";
import { KUDO_API_VERSION } from "../model/names.ts";
import { isNotServed } from "./is-not-served.ts";
import { kudoCrds } from "./kudo-crds.ts";

/**
 * Installs the CRDs in a cluster that does not serve kudo.dev/v1beta1 (see `servesKudo`), and waits until it does.
 * Throws a KplanError, before any write, when the caller may not.
 */
export async function ensureCrds(cluster: Cluster, namespace: string, clock: Clock): Promise<void> {
  if (!(await cluster.mayI("create", CRD))) throw missing();
  await installCrds(cluster, false);
  await untilServed(cluster, namespace, clock);
}

/** Whether the cluster serves Instances: one cheap request, which needs no right beyond those on Instances. Throws what else goes wrong. */
export async function servesKudo(cluster: Cluster, namespace: string): Promise<boolean> {
  try {
    await cluster.list({ apiVersion: KUDO_API_VERSION, kind: "Instance", namespace });
    return true;
  } catch (error) {
    if (isNotServed(error)) return false;
    throw error;
  }
}

/** Creates those of the three CRDs that are not there; never changes one that is. */
export async function installCrds(
  cluster: Cluster,
  dryRun: boolean,
): Promise<{ readonly created: readonly ObjectRef[]; readonly unchanged: readonly ObjectRef[] }> {
  const created: ObjectRef[] = [];
  const unchanged: ObjectRef[] = [];
  const ensure = async (crd: KubeObject): Promise<void> => {
    const isNew = await createUnlessThere(cluster, crd, dryRun);
    (isNew ? created : unchanged).push(refOf(crd));
  };
  const isLast = (crd: KubeObject): boolean => crd.metadata.name === LAST;
  const crds = kudoCrds();
  await Promise.all(crds.filter((crd) => !isLast(crd)).map(ensure));
  await Promise.all(crds.filter(isLast).map(ensure));
  return { created, unchanged };
}

/** Whoever is ended on the way leaves no Instances without the rest: that they are served is taken to mean that all is (`servesKudo`). */
const LAST = "instances.kudo.dev";
const CRD = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };

async function createUnlessThere(
  cluster: Cluster,
  crd: KubeObject,
  dryRun: boolean,
): Promise<boolean> {
  if (await cluster.get(refOf(crd))) return false;
  try {
    await cluster.create(crd, { dryRun });
    return true;
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "already-exists") return false;
    throw error;
  }
}

/** Waits until the CRDs are established; ends with the watch that sees it, or with the transport's deadline. */
async function untilServed(cluster: Cluster, namespace: string, clock: Clock): Promise<void> {
  const names = new Set(kudoCrds().map((crd) => crd.metadata.name));
  const done = new AbortController();
  const stopTimer = after(clock, ESTABLISH_MS, () => done.abort());
  const deadline = done.signal;
  const established = new Set<string>();
  try {
    for await (const event of cluster.watch(CRD, { signal: deadline })) {
      for (const object of objectsOf(event))
        if (names.has(object.metadata.name) && isEstablished(object))
          established.add(object.metadata.name);
      if (established.size === names.size) break;
    }
  } catch (error) {
    if (!deadline.aborted) throw error;
  } finally {
    stopTimer();
    done.abort();
  }
  if (!(await servesKudo(cluster, namespace)))
    throw new KplanError(
      "crds-not-established",
      "the cluster does not serve kudo.dev/v1beta1 yet",
      {
        hint: "look at `kubectl get crd instances.kudo.dev -o yaml`, then repeat the command",
      },
    );
}

const ESTABLISH_MS = 30_000;

function objectsOf(event: {
  readonly type: string;
  readonly items?: readonly KubeObject[];
  readonly object?: KubeObject;
}): readonly KubeObject[] {
  if (event.items) return event.items;
  return event.object && event.type !== "deleted" ? [event.object] : [];
}

function isEstablished(crd: KubeObject): boolean {
  const { conditions } = (crd.status ?? {}) as {
    conditions?: readonly { type?: string; status?: string }[];
  };
  return (
    conditions?.some(({ type, status }) => type === "Established" && status === "True") ?? false
  );
}

function missing(): KplanError {
  return new KplanError(
    "no-crds",
    "this cluster does not know Operators, OperatorVersions and Instances, and you may not install their definitions",
    { hint: "ask an administrator to run `kplan init` once; nothing was written" },
  );
}
