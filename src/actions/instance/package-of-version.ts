import { isMap } from "../../model/json.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { ANNOTATION, KUDO_API_VERSION } from "../../model/names.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { packageOfOperatorVersion } from "../../package/kudo/kudo-from-version.ts";
import { bestFirst, chooseVersion } from "../../package/resolve/best-first.ts";
import type { WantedPackage } from "../../package/resolve/resolve-package.ts";
import { storedPackage } from "../change/package-source.ts";
import { tellWarnings } from "../change/tell-warnings.ts";
import type { ActionContext } from "../context.ts";
import { listInstalled } from "./list-installed.ts";

type Where = Pick<ActionContext, "cluster" | "namespace" | "packages" | "emit">;

/** A package that the cluster has. */
export interface PackageInCluster {
  readonly pkg: OperatorPackage;
  readonly operatorVersion: KubeObject;
  /** KUDO made its OperatorVersion, and the cluster keeps no package beside it. */
  readonly byKudo: boolean;
}

/**
 * The best package of an operator that the namespace has, of the wanted versions (`--in-cluster`). Throws a `bad-input` KplanError when there is none, with those that are
 * there.
 */
export async function packageInCluster(
  ctx: Where,
  wanted: WantedPackage,
): Promise<PackageInCluster> {
  const all = (await listInstalled(ctx, "operatorversions")).map((object) => ({
    object,
    operator: operatorOf(object),
    ...versionsOf(object),
  }));
  const named = all.filter(({ operator }) => operator === wanted.name);
  const chosen = chooseVersion(named, wanted);
  if (chosen) return await packageOfVersion(ctx, chosen.object);
  const names = [...new Set(all.map(({ operator }) => operator))];
  const versions = named.toSorted(bestFirst).map(({ object }) => object.metadata.name);
  const asked = [wanted.appVersion, wanted.operatorVersion].filter(Boolean).join("/");
  throw new KplanError(
    "no-such-package",
    named.length === 0
      ? `namespace ${ctx.namespace} has no OperatorVersion of ${wanted.name}${didYouMean(wanted.name, names)}`
      : `namespace ${ctx.namespace} has no OperatorVersion of ${wanted.name} of version ${asked}`,
    {
      kind: "bad-input",
      hint:
        versions.length > 0
          ? `it has ${versions.join(", ")}`
          : "`kplan get operatorversions` lists those that are there",
    },
  );
}

/** The package of an OperatorVersion: as kplan keeps it, else made of what KUDO wrote. Throws a `bad-input` KplanError for one of neither. */
export async function packageOfVersion(
  ctx: Where,
  operatorVersion: KubeObject,
): Promise<PackageInCluster> {
  const { name, annotations } = operatorVersion.metadata;
  const digest = annotations?.[ANNOTATION.digest];
  if (digest !== undefined) {
    const key = { namespace: ctx.namespace, operatorVersion: name, digest };
    return { pkg: await storedPackage(ctx, key), operatorVersion, byKudo: false };
  }
  const operator = await ctx.cluster.get({
    apiVersion: KUDO_API_VERSION,
    kind: "Operator",
    namespace: ctx.namespace,
    name: operatorOf(operatorVersion),
  });
  const { pkg, issues } = packageOfOperatorVersion(operatorVersion, operator);
  if (!pkg) refuse(`OperatorVersion ${name}`, issues);
  tellWarnings(ctx, issues);
  return { pkg, operatorVersion, byKudo: true };
}

function operatorOf({ spec, metadata }: KubeObject): string {
  const operator = isMap(spec) && isMap(spec.operator) ? spec.operator.name : undefined;
  return typeof operator === "string" ? operator : metadata.name;
}

function versionsOf({ spec }: KubeObject): { appVersion: string; operatorVersion: string } {
  const fields = isMap(spec) ? spec : {};
  return {
    appVersion: String(fields.appVersion ?? ""),
    operatorVersion: String(fields.version ?? ""),
  };
}
