import { type Cluster, ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/** The webhook that KUDO registers for Instances; without a KUDO behind it, it blocks every write to them. */
export const KUDO_WEBHOOK: ObjectRef = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "MutatingWebhookConfiguration",
  name: "kudo-manager-instance-admission-webhook-config",
};

/** How the KUDO of a cluster stands. */
export interface KudoPresence {
  /** A manager that runs: it would work on the same Instances. */
  readonly manager?: ObjectRef;
  /** Its webhook is registered. */
  readonly webhook: boolean;
  /** Kinds we may not look at; what could not be seen is taken as absent. */
  readonly unseen: readonly string[];
}

/** Looks for a KUDO: three concurrent GETs of known names, no discovery. */
export async function lookForKudo(cluster: Cluster): Promise<KudoPresence> {
  const looks = await Promise.all(
    [...MANAGERS, KUDO_WEBHOOK].map(async (ref) => ({ ref, ...(await look(cluster, ref)) })),
  );
  const living = looks.find(({ ref, object }) => ref !== KUDO_WEBHOOK && isLiving(object));
  return {
    ...(living && { manager: living.ref }),
    webhook: looks.some(({ ref, object }) => ref === KUDO_WEBHOOK && object !== undefined),
    unseen: looks.filter(({ forbidden }) => forbidden).map(({ ref }) => ref.kind),
  };
}

/**
 * Refuses to write beside a living KUDO, or with the webhook of a dead one in the way. Throws a KplanError (exit 1).
 * Where it may not look, `warn` is told so once, and the command goes on.
 */
export async function refuseBesideKudo(
  cluster: Cluster,
  warn: (message: string) => void,
): Promise<void> {
  const { manager, webhook, unseen } = await lookForKudo(cluster);
  if (manager)
    throw new KplanError(
      "kudo-is-living",
      `KUDO's controller runs in this cluster (${manager.kind} ${manager.namespace}/${manager.name}) and would work on the same instances`,
      {
        hint: `scale it down first: kubectl -n ${manager.namespace} scale ${manager.kind.toLowerCase()} ${manager.name} --replicas=0`,
      },
    );
  if (webhook)
    throw new KplanError(
      "dead-kudo-webhook",
      `the webhook of a KUDO that no longer runs is still registered (${KUDO_WEBHOOK.name}); it blocks every write to an Instance`,
      { hint: "`kplan init --migrate` removes it" },
    );
  if (unseen.length > 0)
    warn(`not allowed to look for a KUDO controller (${unseen.join(", ")}); going on without`);
}

const MANAGERS: readonly ObjectRef[] = ["StatefulSet", "Deployment"].map((kind) => ({
  apiVersion: "apps/v1",
  kind,
  name: "kudo-controller-manager",
  namespace: "kudo-system",
}));

async function look(
  cluster: Cluster,
  ref: ObjectRef,
): Promise<{ readonly object?: KubeObject; readonly forbidden?: true }> {
  try {
    const object = await cluster.get(ref);
    return object ? { object } : {};
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.kind === "forbidden") return { forbidden: true };
    if (error.kind === "not-served" || error.kind === "not-found") return {};
    throw error;
  }
}

function isLiving(workload: KubeObject | undefined): boolean {
  const status = workload?.status as { readyReplicas?: number } | undefined;
  return (status?.readyReplicas ?? 0) > 0;
}
