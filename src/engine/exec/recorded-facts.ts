import type { Cluster } from "../../model/cluster.ts";
import type { Json } from "../../model/json.ts";
import { ANNOTATION, LABEL } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { RECORD_ROLE, readRecord } from "./record-object.ts";

/** What a one-time act of an instance found out. */
export interface RecordedFact {
  readonly task: string;
  /** uid of the run that did it. */
  readonly run: string;
  readonly value: Json;
}

/** The facts of all acts of an instance that are done for ever. One request; none for a package without such acts. */
export async function recordedFacts(
  cluster: Cluster,
  { operator }: Pick<OperatorPackage, "operator">,
  where: { readonly namespace: string; readonly instance: string },
): Promise<readonly RecordedFact[]> {
  const forEver = operator.tasks
    .filter((task) => task.kind === "Exec" && task.record?.once === "ever")
    .map(({ name }) => name);
  if (forEver.length === 0) return [];
  const { items } = await cluster.list({
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: where.namespace,
    labelSelector: `${LABEL.instance}=${where.instance},${LABEL.role}=${RECORD_ROLE}`,
  });
  return items.flatMap((object) => {
    const task = object.metadata.annotations?.[ANNOTATION.task] ?? "";
    const record = forEver.includes(task) ? readRecord(object, task) : undefined;
    if (record?.state !== "done") return [];
    return [{ task, run: record.run, value: record.fact ?? null }];
  });
}
