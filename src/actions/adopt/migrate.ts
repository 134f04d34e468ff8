import { ClusterError, type ListQuery } from "../../model/cluster.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { KubeObject, ObjectRef } from "../../model/kube-object.ts";
import { KUDO_API_VERSION } from "../../model/names.ts";
import { isNotServed } from "../../store/is-not-served.ts";
import { KUDO_WEBHOOK } from "../../store/kudo-lookout.ts";
import type { ActionContext } from "../context.ts";
import { digestOf } from "../instance/find-instance.ts";
import { type Adoption, adoptKnown } from "./adopt.ts";

/** What is to be migrated. */
export interface MigrateRequest {
  /** Only the instances of this namespace; all of the cluster when absent. */
  readonly namespace?: string;
  readonly dryRun: boolean;
  /** Also what is left of KUDO's controller. */
  readonly removeController: boolean;
}

/** What a migration came to. */
export interface Migration {
  /** Of KUDO; with `dryRun` what would be removed. */
  readonly removed: readonly ObjectRef[];
  readonly adopted: readonly Adoption[];
  /** Those that could not be adopted, and why. */
  readonly failed: readonly {
    readonly namespace: string;
    readonly instance: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

const HOME = "kudo-system";

/** What `kubectl kudo init` had installed, but for its definitions and its namespace: what else is in there is nobody's to remove. */
const CONTROLLER: readonly ObjectRef[] = [
  ...["StatefulSet", "Deployment"].map((kind) => ({
    apiVersion: "apps/v1",
    kind,
    namespace: HOME,
    name: "kudo-controller-manager",
  })),
  {
    apiVersion: "v1",
    kind: "Service",
    namespace: HOME,
    name: "kudo-controller-manager-service",
  },
  { apiVersion: "v1", kind: "Secret", namespace: HOME, name: "kudo-webhook-server-secret" },
  {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    namespace: HOME,
    name: "kudo-webhook-server-certificate",
  },
  {
    apiVersion: "cert-manager.io/v1",
    kind: "Issuer",
    namespace: HOME,
    name: "selfsigned-issuer",
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    name: "kudo-manager-rolebinding",
  },
  { apiVersion: "v1", kind: "ServiceAccount", namespace: HOME, name: "kudo-manager" },
];

/**
 * Takes over all instances of a KUDO that is no more: its webhook goes first, since it would refuse every change of an Instance, then each instance is adopted, and what
 * is left of its controller goes last. What cannot be adopted keeps no other from it. The definitions stay. Throws ClusterError where it may not look.
 */
export async function migrate(ctx: ActionContext, request: MigrateRequest): Promise<Migration> {
  const { dryRun, removeController } = request;
  const removed = await removeAll(ctx, [KUDO_WEBHOOK], dryRun);
  const adopted: Adoption[] = [];
  const failed: Migration["failed"][number][] = [];
  for (const { metadata } of await kudosInstances(ctx, request.namespace)) {
    const { name, namespace = ctx.namespace } = metadata;
    try {
      adopted.push(await adoptKnown({ ...ctx, namespace }, name, dryRun));
    } catch (error) {
      if (!(error instanceof KplanError) && !(error instanceof ClusterError)) throw error;
      const { message, hint } = error;
      failed.push({ namespace, instance: name, message, ...(hint !== undefined && { hint }) });
    }
  }
  if (removeController) removed.push(...(await removeAll(ctx, CONTROLLER, dryRun)));
  return { removed, adopted, failed };
}

/** Instances that are not kplan's, and that no other instance owns: those go with it. */
async function kudosInstances(
  { cluster }: ActionContext,
  namespace: string | undefined,
): Promise<readonly KubeObject[]> {
  const query: ListQuery = {
    apiVersion: KUDO_API_VERSION,
    kind: "Instance",
    ...(namespace !== undefined && { namespace }),
  };
  try {
    const { items } = await cluster.list(query);
    const all = new Map(items.map((item) => [item.metadata.uid, item]));
    return items
      .filter((item) => digestOf(item) === undefined)
      .filter(
        ({ metadata }) =>
          !metadata.ownerReferences?.some(({ uid }) => {
            const owner = all.get(uid);
            return owner !== undefined && digestOf(owner) === undefined;
          }),
      );
  } catch (error) {
    if (isNotServed(error)) return [];
    throw error;
  }
}

async function removeAll(
  { cluster }: ActionContext,
  refs: readonly ObjectRef[],
  dryRun: boolean,
): Promise<ObjectRef[]> {
  const removed: ObjectRef[] = [];
  for (const ref of refs) {
    try {
      if (await cluster.delete(ref, { dryRun, propagation: "Background" })) removed.push(ref);
    } catch (error) {
      const absent = error instanceof ClusterError && error.kind === "not-found";
      if (!absent && !isNotServed(error)) throw error;
    }
  }
  return removed;
}
