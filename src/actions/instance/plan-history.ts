import type { RunRecord } from "../../model/run.ts";
import { listRuns } from "../../store/run-store.ts";
import type { ActionContext } from "../context.ts";
import { getInstance, instanceName, instanceNames, noInstance } from "./find-instance.ts";

/** The runs of an instance that are kept, newest first. Two concurrent requests when the instance is named. */
export async function planHistory(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  request: { readonly instance?: string },
): Promise<readonly RunRecord[]> {
  const name = await instanceName(ctx, request.instance);
  const [instance, runs] = await Promise.all([
    getInstance(ctx.cluster, ctx.namespace, name),
    listRuns(ctx.cluster, { namespace: ctx.namespace, instance: name }),
  ]);
  if (!instance && runs.length === 0)
    throw noInstance(ctx.namespace, name, await instanceNames(ctx));
  return runs.map(({ record }, index) => (index === 0 ? record : superseded(record)));
}

/** A run whose driver died says nothing more; a later one shows that nobody drives it. */
function superseded(record: RunRecord): RunRecord {
  const isOpen = record.status === "IN_PROGRESS" && record.reason === undefined;
  return isOpen ? { ...record, reason: "Interrupted" } : record;
}
