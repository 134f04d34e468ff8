import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { Capabilities } from "../model/scope.ts";

/** All that is wrong with a well-formed package. */
export function verifyPackage(
  _pkg: OperatorPackage,
  _options: { readonly capabilities?: readonly Capabilities[] } = {},
): Issue[] {
  throw new Error("not written yet");
}
