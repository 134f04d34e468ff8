import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";

/** Reads and verifies a package. `pkg` is absent when it could not be read far enough; then `issues` has errors. Throws only when there is no such folder or file. */
export async function verifyPackageAt(
  _source: string,
): Promise<{ readonly issues: readonly Issue[]; readonly pkg?: OperatorPackage }> {
  throw new Error("not there yet");
}
