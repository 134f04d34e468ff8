import type { Emit } from "../../model/event.ts";
import type { ActionContext } from "../context.ts";

/** What is given to a command that acts on an instance on behalf of another one. Its warnings are told as the other's, with its name. */
export function childContext(
  { held: _, takeOver: __, meter: ___, ...ctx }: ActionContext,
  instance: string,
  stop: AbortSignal,
  tell: Emit,
): ActionContext {
  return {
    ...ctx,
    stop,
    emit: (event) => {
      if (event.type === "warning")
        ctx.emit({ type: "warning", message: `${instance}: ${event.message}` });
      else tell(event);
    },
  };
}
