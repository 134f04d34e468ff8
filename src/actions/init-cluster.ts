import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { installCrds } from "../store/ensure-crds.ts";
import { kudoCrds } from "../store/kudo-crds.ts";
import { KUDO_WEBHOOK, lookForKudo } from "../store/kudo-lookout.ts";
import type { ActionContext } from "./context.ts";

/** What `init` did, or with `dryRun` would do. */
export interface InitResult {
  readonly created: readonly ObjectRef[];
  readonly unchanged: readonly ObjectRef[];
  /** Left-overs of a dead KUDO that were removed (`migrate`). */
  readonly removed: readonly ObjectRef[];
}

/**
 * Installs KUDO's three CRDs; with `migrate` removes the webhook of a KUDO that is no longer there. CRDs that are there are never changed.
 * Throws a KplanError when a living KUDO would lose its webhook.
 */
export async function initCluster(
  ctx: Pick<ActionContext, "cluster">,
  request: { readonly dryRun: boolean; readonly migrate: boolean },
): Promise<InitResult> {
  const { cluster } = ctx;
  const { dryRun } = request;
  const kudo = request.migrate ? await lookForKudo(cluster) : undefined;
  if (kudo?.manager)
    throw new KplanError(
      "kudo-is-living",
      `KUDO's controller still runs (${kudo.manager.kind} ${kudo.manager.namespace}/${kudo.manager.name}); its webhook is left alone`,
      {
        hint: `stop it first: kubectl -n ${kudo.manager.namespace} scale ${kudo.manager.kind.toLowerCase()} ${kudo.manager.name} --replicas=0`,
      },
    );
  const installed = await installCrds(cluster, dryRun);
  if (!kudo?.webhook) return { ...installed, removed: [] };
  await cluster.delete(KUDO_WEBHOOK, { dryRun });
  return { ...installed, removed: [KUDO_WEBHOOK] };
}

/** The CRDs as an administrator would apply them (`init --dry-run -o yaml`); asks no cluster. */
export function crdManifests(): readonly KubeObject[] {
  return kudoCrds();
}
