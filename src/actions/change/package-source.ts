import { createHash } from "node:crypto";
import semver from "semver";
import { asInstalled, needsOthers } from "../../model/dependency.ts";
import { errorIssue, type Issue } from "../../model/issue.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import { KUDO_API_VERSION } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Capabilities } from "../../model/scope.ts";
import { unpackArchive } from "../../package/files/archive.ts";
import { loadPackage as parsePackage } from "../../package/load-package.ts";
import { findOffline } from "../../package/resolve/find-offline.ts";
import type { WantedPackage } from "../../package/resolve/resolve-package.ts";
import { loadPackage as loadArchive, type PackageKey } from "../../store/package-store.ts";
import { verifyPackage } from "../../verify/verify-package.ts";
import type { ActionContext } from "../context.ts";
import { kudoNameIssues } from "./kudo-names.ts";
import { tellWarnings } from "./tell-warnings.ts";

/** Which versions of a package of a repository or a cluster are asked for; the best when none is. */
export type WantedVersions = Omit<WantedPackage, "name">;

/** Finds and verifies a package for use. Throws a `bad-input` KplanError with every problem; warnings are told. */
export async function usablePackage(
  ctx: Pick<ActionContext, "emit" | "version" | "packages" | "find">,
  source: string,
  versions: WantedVersions = {},
): Promise<OperatorPackage> {
  const known = ctx.packages?.get(source);
  if (known) return known;
  const { pkg, issues } = await (ctx.find ?? findOffline)({ name: source, ...versions });
  if (!pkg) refuse(source, issues);
  // KUDO installs what it can load: what else is wrong with it, `package verify` says.
  const found = pkg.dialect === "kudo" ? kudoNameIssues(pkg) : verifyPackage(pkg);
  const all = [...issues, ...found, ...versionIssues(pkg, ctx.version)];
  if (all.some(({ severity }) => severity === "error")) refuse(source, all);
  tellWarnings(ctx, all);
  ctx.packages?.set(source, pkg);
  return pkg;
}

/** The package that the cluster keeps, its tasks naming what it needs as its OperatorVersion does. Throws a KplanError when it is not there, not whole, or not what its digest says. */
export async function storedPackage(
  ctx: Pick<ActionContext, "cluster" | "packages">,
  key: PackageKey,
): Promise<OperatorPackage> {
  const pkg = await unpackStored(ctx, key);
  if (!needsOthers(pkg)) return pkg;
  const { namespace, operatorVersion: name } = key;
  const ref = { apiVersion: KUDO_API_VERSION, kind: "OperatorVersion", namespace, name };
  return asInstalled(pkg, await ctx.cluster.get(ref));
}

async function unpackStored(
  ctx: Pick<ActionContext, "cluster" | "packages">,
  key: PackageKey,
): Promise<OperatorPackage> {
  const archive = await loadArchive(ctx.cluster, key);
  const sum = ctx.packages && createHash("sha256").update(archive).digest("hex");
  const known = sum && ctx.packages?.get(sum);
  if (known && known.digest === key.digest) return known;
  const files = await unpackArchive(archive, key.operatorVersion);
  const { pkg, issues } = parsePackage(key.operatorVersion, files);
  if (!pkg) refuse(`the stored package ${key.operatorVersion}`, issues);
  if (pkg.digest === key.digest) {
    if (sum) ctx.packages?.set(sum, pkg);
    return pkg;
  }
  throw new KplanError(
    "package-digest",
    `the stored package of ${key.operatorVersion} is not the one that its digest names`,
    { hint: "`kplan upgrade PACKAGE` with the right package stores it again" },
  );
}

/** Refuses a cluster older than the package wants. Throws a `bad-input` KplanError. */
export function checkKubernetesVersion(pkg: OperatorPackage, capabilities: Capabilities): void {
  const wanted = pkg.operator.kubernetesVersion;
  const least = wanted === undefined ? undefined : semver.coerce(wanted);
  if (!least) return;
  const { Major, Minor } = capabilities.KubeVersion;
  if (semver.gte(`${Major}.${Minor}.0`, `${least.major}.${least.minor}.0`)) return;
  throw new KplanError(
    "kubernetes-too-old",
    `${pkg.operator.name} ${pkg.operator.operatorVersion} needs Kubernetes ${wanted} or later; this cluster is ${Major}.${Minor}`,
    { kind: "bad-input" },
  );
}

function versionIssues(pkg: OperatorPackage, version: string): readonly Issue[] {
  const range = pkg.operator.kplanVersion;
  if (range === undefined || semver.satisfies(version, range, { includePrerelease: true }))
    return [];
  const at = pkg.placeOf("operator.yaml", ["kplanVersion"]);
  return [
    errorIssue("kplan-version", `the package needs kplan ${range}; this is kplan ${version}`, at),
  ];
}
