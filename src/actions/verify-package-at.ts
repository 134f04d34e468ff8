import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";
import { readPackage } from "../package/read-package.ts";
import { verifyPackage } from "../verify/verify-package.ts";

/** Reads and verifies a package. `pkg` is absent when it could not be read far enough; then `issues` has errors. Throws only when there is no such folder or file. */
export async function verifyPackageAt(
  source: string,
): Promise<{ readonly issues: readonly Issue[]; readonly pkg?: OperatorPackage }> {
  const { pkg, draft, issues } = await readPackage(source);
  const understood = pkg ?? draft;
  const all = understood ? [...issues, ...verifyPackage(understood)] : issues;
  return pkg ? { pkg, issues: all } : { issues: all };
}
