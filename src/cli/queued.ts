import type { ActionResult } from "../actions/action-result.ts";
import type { ActionContext } from "../actions/context.ts";
import { KplanError } from "../model/kplan-error.ts";

/** Acts at once, or with `--queue` when the turn of this command has come. A preview never waits. */
export async function queued(
  options: {
    readonly queue?: boolean;
    readonly takeOver?: boolean;
    readonly dryRun?: boolean;
    readonly instance?: string;
  },
  ctx: ActionContext,
  act: (ctx: ActionContext) => Promise<ActionResult>,
): Promise<ActionResult> {
  if (options.queue !== true || options.dryRun === true) return await act(ctx);
  if (options.takeOver === true)
    throw new KplanError(
      "queue-or-take-over",
      "--queue waits for the other kplan, --take-over does not",
      {
        kind: "bad-input",
        hint: "give one of them",
      },
    );
  const { inTurn } = await import("../actions/run/in-turn.ts");
  return await inTurn(ctx, options.instance, act);
}
