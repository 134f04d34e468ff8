import { hasErrors } from "../../model/issue.ts";
import { refuse } from "../../model/kplan-error.ts";
import { ANNOTATION, operatorVersionName } from "../../model/names.ts";
import { findDependencies } from "../../package/dependencies/find-dependencies.ts";
import { findOffline } from "../../package/resolve/find-offline.ts";
import { ensureCrds, servesKudo } from "../../store/ensure-crds.ts";
import { refuseBesideKudo } from "../../store/kudo-lookout.ts";
import type { ActionContext } from "../context.ts";
import { getOperatorVersion, refuseOtherContent } from "../instance/operator-version.ts";
import { keepOperator } from "../run/store-wanted.ts";
import { createNamespace, hasNamespace, noNamespace } from "./install-namespace.ts";
import { checkKubernetesVersion, usablePackage, type WantedVersions } from "./package-source.ts";
import { tellWarnings } from "./tell-warnings.ts";

/** What `install --skip-instance` is asked for. */
export interface InstallVersionRequest {
  readonly source: string;
  readonly versions?: WantedVersions;
  readonly createNamespace?: boolean;
  readonly replaceVersion?: boolean;
  readonly dryRun?: boolean;
}

/** What became of a package. */
export interface InstalledVersion {
  readonly operator: string;
  /** Name of the OperatorVersion. */
  readonly operatorVersion: string;
  /** `present`: it was there; nothing was written. */
  readonly change: "created" | "replaced" | "present";
}

/**
 * Keeps a package and all that it needs in the cluster, each after what it needs itself, and makes no instance. All that is wrong is found before the first write. Throws as
 * `install` does.
 */
export async function installVersion(
  ctx: ActionContext,
  request: InstallVersionRequest,
): Promise<readonly InstalledVersion[]> {
  const given = await usablePackage(ctx, request.source, request.versions);
  const { pkg, needed, issues } = await findDependencies(given, ctx.find ?? findOffline);
  if (hasErrors(issues)) refuse(request.source, issues);
  tellWarnings(ctx, issues);
  const { cluster, namespace } = ctx;
  const { replaceVersion = false, dryRun = false } = request;
  const [served, namespaced, capabilities] = await Promise.all([
    servesKudo(cluster, namespace),
    hasNamespace(ctx),
    cluster.capabilities(),
    refuseBesideKudo(cluster, (message) => ctx.emit({ type: "warning", message })),
  ]);
  for (const each of [...needed, pkg]) checkKubernetesVersion(each, capabilities);
  const all = await Promise.all(
    [...needed, pkg].map(async (each) => {
      const name = operatorVersionName(each.operator);
      const present = await getOperatorVersion(ctx, name);
      // As for KUDO, a version of a dependency that is there is the one that is used.
      if (each === pkg) refuseOtherContent(each, present, replaceVersion);
      const same = present?.metadata.annotations?.[ANNOTATION.digest] === each.digest;
      const change = !present ? "created" : same || each !== pkg ? "present" : "replaced";
      const result: InstalledVersion = {
        operator: each.operator.name,
        operatorVersion: name,
        change,
      };
      return { pkg: each, result };
    }),
  );
  if (!namespaced && !request.createNamespace) throw noNamespace(namespace);
  if (dryRun) return all.map(({ result }) => result);
  if (!served) await ensureCrds(cluster, namespace, ctx.clock);
  if (!namespaced) await createNamespace(ctx);
  for (const { pkg: each, result } of all)
    if (result.change !== "present") await keepOperator(ctx, each);
  return all.map(({ result }) => result);
}
