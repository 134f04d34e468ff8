import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { ActionContext } from "../context.ts";
import { getOperatorVersion } from "../instance/operator-version.ts";
import { packageOfVersion } from "../instance/package-of-version.ts";

/** The package of an OperatorVersion: one that this command has found, or else the one that the cluster keeps. Throws a KplanError when there is none. */
export async function versionPackage(ctx: ActionContext, name: string): Promise<OperatorPackage> {
  const found = ctx.dependencies?.get(name);
  if (found) return found;
  const version = await getOperatorVersion(ctx, name);
  if (version !== undefined) return (await packageOfVersion(ctx, version)).pkg;
  throw new KplanError("no-dependency", `there is no OperatorVersion ${name}, which is needed`, {
    kind: "bad-input",
    hint: "`kplan upgrade PACKAGE` with the package that needs it installs it",
  });
}
