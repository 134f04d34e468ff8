import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { installCrds } from "../store/ensure-crds.ts";
import { kudoCrds } from "../store/kudo-crds.ts";
import { lookForKudo } from "../store/kudo-lookout.ts";
import { type Migration, migrate } from "./adopt/migrate.ts";
import type { ActionContext } from "./context.ts";

/** What `init` did, or with `dryRun` would do. */
export interface InitResult {
  readonly created: readonly ObjectRef[];
  readonly unchanged: readonly ObjectRef[];
  /** What became of the left-overs of a KUDO that is no more, and of its instances; only with `migrate`. */
  readonly migration?: Migration;
}

/** What `init` is asked for. */
export interface InitRequest {
  readonly dryRun: boolean;
  /** Take over the instances of a KUDO that is no longer there, and remove its webhook. */
  readonly migrate?:
    | false
    | {
        /** Only of this namespace; of all when absent. */
        readonly namespace?: string;
        /** Also remove what is left of its controller. */
        readonly removeController: boolean;
      };
}

/**
 * Installs KUDO's three CRDs; with `migrate` takes over what a KUDO left that is no longer there. CRDs that are there are never changed.
 * Throws a KplanError when a KUDO lives, whose instances these are.
 */
export async function initCluster(ctx: ActionContext, request: InitRequest): Promise<InitResult> {
  const { cluster } = ctx;
  const { dryRun } = request;
  const kudo = request.migrate ? await lookForKudo(cluster) : undefined;
  if (kudo?.manager)
    throw new KplanError(
      "kudo-is-living",
      `KUDO's controller still runs (${kudo.manager.kind} ${kudo.manager.namespace}/${kudo.manager.name}); its webhook and its instances are left alone`,
      {
        hint: `stop it first: kubectl -n ${kudo.manager.namespace} scale ${kudo.manager.kind.toLowerCase()} ${kudo.manager.name} --replicas=0`,
      },
    );
  const installed = await installCrds(cluster, dryRun);
  if (!request.migrate) return installed;
  return { ...installed, migration: await migrate(ctx, { ...request.migrate, dryRun }) };
}

/** The CRDs as an administrator would apply them (`init --dry-run -o yaml`); asks no cluster. */
export function crdManifests(): readonly KubeObject[] {
  return kudoCrds();
}
