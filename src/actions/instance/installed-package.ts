import type { OperatorPackage } from "../../model/package.ts";
import { storedPackage } from "../change/package-source.ts";
import type { ActionContext } from "../context.ts";
import { digestOf, operatorVersionOf } from "./find-instance.ts";
import type { KnownInstance } from "./instance-state.ts";
import { refuseNotAdopted } from "./not-adopted.ts";

/** The package that an instance is to have. Throws a KplanError when the cluster does not keep it, and for an instance of KUDO's that nobody has taken over. */
export async function installedPackage(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  { object }: KnownInstance,
): Promise<OperatorPackage> {
  refuseNotAdopted(object);
  const digest = digestOf(object) ?? "";
  const operatorVersion = operatorVersionOf(object);
  return await storedPackage(ctx, { namespace: ctx.namespace, operatorVersion, digest });
}
