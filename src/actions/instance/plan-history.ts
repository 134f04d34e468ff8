import type { RunRecord } from "../../model/run.ts";
import { HIDDEN, soundsSecret } from "../../model/secret-name.ts";
import { listRuns } from "../../store/run-store.ts";
import type { ActionContext } from "../context.ts";
import { getInstance, instanceName, instanceNames, noInstance } from "./find-instance.ts";

/** The runs of an instance that are kept, newest first, as they are shown: of a KUDO package, values under names that sound secret are `***`. Two concurrent requests when the instance is named. */
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
  return runs.map(({ record }, index) => shown(index === 0 ? record : superseded(record)));
}

/** A run whose driver died says nothing more; a later one shows that nobody drives it. */
function superseded(record: RunRecord): RunRecord {
  const isOpen = record.status === "IN_PROGRESS" && record.reason === undefined;
  return isOpen ? { ...record, reason: "Interrupted" } : record;
}

/** KUDO's packages cannot say that a parameter is secret; native ones do, and their records hold none. */
function shown(record: RunRecord): RunRecord {
  if (record.dialect !== "kudo") return record;
  const { parameters, cause } = record;
  const hide = (name: string, text: string) => (soundsSecret(name) && text !== "" ? HIDDEN : text);
  return {
    ...record,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, text]) => [name, hide(name, text)]),
    ),
    cause: {
      ...cause,
      changes: cause.changes.map(({ name, from, to }) => ({
        name,
        from: from === null ? null : hide(name, from),
        to: to === null ? null : hide(name, to),
      })),
    },
  };
}
