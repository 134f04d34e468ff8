import type { Capabilities } from "../../model/scope.ts";
import type { ActionContext } from "../context.ts";
import { instanceName } from "./find-instance.ts";
import { type KnownInstance, readInstanceState, requireInstance } from "./instance-state.ts";
import { refuseKudo } from "./refuse-kudo.ts";

/**
 * What a change of an instance asks before anything else, at the same time: the instance, what the server can do, and whether a KUDO is alive.
 * @param given its name; may be left out when the namespace has exactly one instance
 */
export async function lookAtInstance(
  ctx: ActionContext,
  given: string | undefined,
): Promise<{ readonly state: KnownInstance; readonly capabilities: Capabilities }> {
  const name = await instanceName(ctx, given);
  const [read, capabilities] = await Promise.all([
    readInstanceState(ctx, name),
    ctx.cluster.capabilities(),
    refuseKudo(ctx),
  ]);
  return { state: await requireInstance(ctx, read), capabilities };
}
