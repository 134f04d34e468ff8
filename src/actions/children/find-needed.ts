import { allNeeded, asInstalled, needsOthers } from "../../model/dependency.ts";
import { hasErrors } from "../../model/issue.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { ANNOTATION, KUDO_API_VERSION, operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { findDependencies } from "../../package/dependencies/find-dependencies.ts";
import { findOffline } from "../../package/resolve/find-offline.ts";
import type { ResolvePackage } from "../../package/resolve/resolve-package.ts";
import { isNotServed } from "../../store/is-not-served.ts";
import { checkKubernetesVersion } from "../change/package-source.ts";
import { tellWarnings } from "../change/tell-warnings.ts";
import type { ActionContext } from "../context.ts";
import { packageInCluster } from "../instance/package-of-version.ts";
import { versionPackage } from "./version-package.ts";

/** A package whose tasks name what they need, and a context that has it. */
export interface WithNeeded {
  readonly ctx: ActionContext;
  readonly pkg: OperatorPackage;
}

/** How packages that are needed are looked for. */
export interface NeededOptions {
  /** Replace those of the same name and version whose content differs. */
  readonly replaceVersion?: boolean;
  /** Among those that the namespace has. */
  readonly inCluster?: boolean;
}

/**
 * Finds all the packages that one needs, before anything is written. Where its OperatorVersion is there with this very content, what that one needs counts and nothing is looked
 * for, as long as the cluster has it all. A version that the cluster has is the one that is used, as for KUDO, whatever its content. Throws a `bad-input` KplanError with all that
 * is missing, wrong, or needs itself.
 */
export async function findNeeded(
  ctx: ActionContext,
  pkg: OperatorPackage,
  { replaceVersion = false, inCluster = false }: NeededOptions = {},
): Promise<WithNeeded> {
  if (!needsOthers(pkg)) return { ctx, pkg };
  const versions = await versionsOf(ctx);
  const installed = await whatIsThere(ctx, pkg, versions);
  if (installed) return installed;
  const found = await findDependencies(pkg, resolverOf(ctx, inCluster));
  if (hasErrors(found.issues)) refuse(`what ${pkg.operator.name} needs`, found.issues);
  tellWarnings(ctx, found.issues);
  const capabilities = await ctx.cluster.capabilities();
  const needed = await Promise.all(
    found.needed.map(async (one) => {
      checkKubernetesVersion(one, capabilities);
      const name = operatorVersionName(one.operator);
      const present = versions.find(({ metadata }) => metadata.name === name);
      const digest = present?.metadata.annotations?.[ANNOTATION.digest];
      if (digest === undefined || digest === one.digest || replaceVersion) return one;
      const message = `${name}, which ${pkg.operator.name} needs, is there with another content and used as it is; --replace-version replaces it`;
      ctx.emit({ type: "warning", message });
      return await versionPackage(ctx, name);
    }),
  );
  return { ctx: withDependencies(ctx, needed), pkg: found.pkg };
}

/** The package as its OperatorVersion has it, when that is there and all that it needs is too. */
async function whatIsThere(
  ctx: ActionContext,
  pkg: OperatorPackage,
  versions: readonly KubeObject[],
): Promise<WithNeeded | undefined> {
  const own = versions.find(({ metadata }) => metadata.name === operatorVersionName(pkg.operator));
  if (own?.metadata.annotations?.[ANNOTATION.digest] !== pkg.digest) return undefined;
  try {
    const names = allNeeded(versions, [own.metadata.name]);
    const needed = await Promise.all(names.map((name) => versionPackage(ctx, name)));
    return { ctx: withDependencies(ctx, needed), pkg: asInstalled(pkg, own) };
  } catch (error) {
    if (error instanceof KplanError) return undefined;
    throw error;
  }
}

function withDependencies(ctx: ActionContext, needed: readonly OperatorPackage[]): ActionContext {
  const named = needed.map((one) => [operatorVersionName(one.operator), one] as const);
  return { ...ctx, dependencies: new Map(named) };
}

function resolverOf(ctx: ActionContext, inCluster: boolean): ResolvePackage {
  const { find = findOffline } = ctx;
  if (!inCluster) return find;
  return async (wanted) => ({ pkg: (await packageInCluster(ctx, wanted)).pkg, issues: [] });
}

/** All OperatorVersions of the namespace. */
async function versionsOf({
  cluster,
  namespace,
}: Pick<ActionContext, "cluster" | "namespace">): Promise<readonly KubeObject[]> {
  try {
    const query = { apiVersion: KUDO_API_VERSION, kind: "OperatorVersion", namespace };
    return (await cluster.list(query)).items;
  } catch (error) {
    if (isNotServed(error)) return [];
    throw error;
  }
}
