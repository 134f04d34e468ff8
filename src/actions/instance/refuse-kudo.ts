import { refuseBesideKudo } from "../../store/kudo-lookout.ts";
import type { ActionContext } from "../context.ts";

/** `refuseBesideKudo` for an action: what it warns of is told as an event. */
export async function refuseKudo({
  cluster,
  emit,
}: Pick<ActionContext, "cluster" | "emit">): Promise<void> {
  await refuseBesideKudo(cluster, (message) => emit({ type: "warning", message }));
}
