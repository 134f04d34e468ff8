import { ANNOTATION, defaultInstanceName, operatorVersionName } from "../../model/names.ts";
import { ensureCrds, servesKudo } from "../../store/ensure-crds.ts";
import { findNeeded } from "../children/find-needed.ts";
import type { ActionContext } from "../context.ts";
import { getOperatorVersion, refuseOtherContent } from "../instance/operator-version.ts";
import { refuseKudo } from "../instance/refuse-kudo.ts";
import { keepOperator } from "../run/store-wanted.ts";
import { desiredParameters } from "./desired-parameters.ts";
import { createNamespace, hasNamespace, noNamespace } from "./install-namespace.ts";
import { checkKubernetesVersion, usablePackage, type WantedVersions } from "./package-source.ts";
import { wantedNamespace } from "./wanted-namespace.ts";

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
  given: ActionContext,
  request: InstallVersionRequest,
): Promise<readonly InstalledVersion[]> {
  const { replaceVersion = false, dryRun = false } = request;
  const found = await usablePackage(given, request.source, request.versions);
  const { ctx, pkg } = await findNeeded(given, found, { replaceVersion });
  const needed = [...(ctx.dependencies?.values() ?? [])];
  const { cluster, namespace } = ctx;
  const [served, namespaced, capabilities] = await Promise.all([
    servesKudo(cluster, namespace),
    hasNamespace(ctx),
    cluster.capabilities(),
    refuseKudo(ctx),
  ]);
  checkKubernetesVersion(pkg, capabilities);
  const all = await Promise.all(
    [...needed, pkg].map(async (each) => {
      const name = operatorVersionName(each.operator);
      const present = await getOperatorVersion(ctx, name);
      if (each === pkg) refuseOtherContent(each, present, replaceVersion);
      const same = present?.metadata.annotations?.[ANNOTATION.digest] === each.digest;
      const change = !present ? "created" : same ? "present" : "replaced";
      const result: InstalledVersion = {
        operator: each.operator.name,
        operatorVersion: name,
        change,
      };
      return { pkg: each, result };
    }),
  );
  if (!namespaced && !request.createNamespace) throw noNamespace(namespace);
  const name = defaultInstanceName(pkg.operator.name);
  const { values } = desiredParameters(pkg, NOTHING, { name }).desired;
  const wanted = namespaced ? undefined : wantedNamespace(ctx, pkg, name, values);
  if (dryRun) return all.map(({ result }) => result);
  if (!served) await ensureCrds(cluster, namespace, ctx.clock);
  if (wanted) await createNamespace(ctx, wanted);
  for (const { pkg: each, result } of all)
    if (result.change !== "present") await keepOperator(ctx, each);
  return all.map(({ result }) => result);
}

/** No value is given to a package that nobody makes an instance of. */
const NOTHING = { given: {}, secrets: {}, unset: [], issues: [] };
