import { verifyPackageAt } from "../actions/verify-package-at.ts";
import { hasErrors } from "../model/issue.ts";
import { refuse } from "../model/kplan-error.ts";
import type { OperatorPackage } from "../model/package.ts";

/**
 * The package that is to be tested. Throws a `bad-input` KplanError with all that `package verify` finds where that has an error: every install of it would be
 * refused, and each case would say so again.
 */
export async function usablePackage(source: string): Promise<OperatorPackage> {
  const { pkg, issues } = await verifyPackageAt(source);
  if (pkg === undefined || hasErrors(issues)) refuse(source, issues);
  return pkg;
}
