import { KplanError } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { isRunning } from "../../model/status.ts";
import { storedPlanStatus } from "../../store/instance-status.ts";
import type { ActionContext } from "../context.ts";
import { findInstance, operatorVersionNamespace, operatorVersionOf } from "./find-instance.ts";
import { getOperatorVersion } from "./operator-version.ts";
import { sayInterrupted } from "./plan-status.ts";

/**
 * An Instance and its OperatorVersion as the cluster has them, whoever made them: KUDO or kplan. An OperatorVersion in another namespace is looked for there
 * (compat D-32). Throws a `bad-input` KplanError when one of them is not there.
 */
export async function readInstanceAndVersion(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  name: string,
): Promise<{
  readonly instance: KubeObject;
  readonly version: KubeObject;
  /** Set when a plan is unfinished and nobody drives it: `interrupted, last driven 3 min ago`. */
  readonly undriven?: string;
}> {
  const instance = await findInstance(ctx, name);
  const namespace = operatorVersionNamespace(instance) ?? ctx.namespace;
  const unfinished = storedPlanStatus(instance).some(({ status }) => isRunning(status));
  const [version, undriven] = await Promise.all([
    getOperatorVersion({ ...ctx, namespace }, operatorVersionOf(instance)),
    unfinished ? sayInterrupted(ctx, name) : undefined,
  ]);
  if (version) return { instance, version, ...(undriven && { undriven }) };
  throw new KplanError(
    "no-operator-version",
    `OperatorVersion ${operatorVersionOf(instance)} of instance ${name} is not there in namespace ${namespace}`,
    { kind: "bad-input" },
  );
}
