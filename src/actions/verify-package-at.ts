import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";
import { findOffline } from "../package/resolve/find-offline.ts";
import type { FindPackage } from "../package/resolve/resolve-package.ts";
import { readParamChecks } from "../verify/kudo/rules/param-checks.ts";
import { verifyPackage } from "../verify/verify-package.ts";

/**
 * Reads and verifies a package.
 * @param checks of a KUDO package: further checks of how its parameters are described, by name, with commas between
 * @param find finds the package by what people call it; absent: only on this machine
 * @returns `pkg` is absent when it could not be read far enough; then `issues` has errors. Throws only when there is no such package or check.
 */
export async function verifyPackageAt(
  source: string,
  checks = "",
  find: FindPackage = findOffline,
): Promise<{ readonly issues: readonly Issue[]; readonly pkg?: OperatorPackage }> {
  const paramChecks = readParamChecks(checks);
  const { pkg, draft, issues } = await find({ name: source });
  const understood = pkg ?? draft;
  const all = understood ? [...issues, ...verifyPackage(understood, { paramChecks })] : issues;
  return pkg ? { pkg, issues: all } : { issues: all };
}
