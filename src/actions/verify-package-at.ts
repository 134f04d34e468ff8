import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";
import { readPackage } from "../package/read-package.ts";
import { readParamChecks } from "../verify/kudo/rules/param-checks.ts";
import { verifyPackage } from "../verify/verify-package.ts";

/**
 * Reads and verifies a package.
 * @param checks of a KUDO package: further checks of how its parameters are described, by name, with commas between
 * @returns `pkg` is absent when it could not be read far enough; then `issues` has errors. Throws only when there is no such folder, file or check.
 */
export async function verifyPackageAt(
  source: string,
  checks = "",
): Promise<{ readonly issues: readonly Issue[]; readonly pkg?: OperatorPackage }> {
  const paramChecks = readParamChecks(checks);
  const { pkg, draft, issues } = await readPackage(source);
  const understood = pkg ?? draft;
  const all = understood ? [...issues, ...verifyPackage(understood, { paramChecks })] : issues;
  return pkg ? { pkg, issues: all } : { issues: all };
}
