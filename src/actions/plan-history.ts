import type { RunRecord } from "../model/run.ts";
import type { ActionContext } from "./context.ts";

/** The runs of an instance that are kept, newest first. */
export async function planHistory(
  _ctx: Pick<ActionContext, "cluster" | "namespace">,
  _request: { readonly instance?: string },
): Promise<readonly RunRecord[]> {
  throw new Error("not there yet");
}
