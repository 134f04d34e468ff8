import type { ActionContext } from "../context.ts";
import {
  digestOf,
  operatorVersionNamespace,
  operatorVersionOf,
} from "../instance/find-instance.ts";
import type { InstanceState } from "../instance/instance-state.ts";
import { refuseNotAdopted } from "../instance/not-adopted.ts";
import { getOperatorVersion } from "../instance/operator-version.ts";

/** An instance that KUDO made has a package, and perhaps a cleanup plan, as long as its OperatorVersion is there: it is taken over first. Throws as `refuseNotAdopted`. */
export async function refuseWithoutCleanup(
  ctx: ActionContext,
  { object }: InstanceState,
): Promise<void> {
  if (object === undefined || digestOf(object) !== undefined) return;
  const namespace = operatorVersionNamespace(object) ?? ctx.namespace;
  const version = await getOperatorVersion({ ...ctx, namespace }, operatorVersionOf(object));
  if (version !== undefined) refuseNotAdopted(object);
}
