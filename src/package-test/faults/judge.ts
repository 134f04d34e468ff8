import type { KubeObject } from "../../model/kube-object.ts";
import { LABEL } from "../../model/names.ts";
import type { RunRecord } from "../../model/run.ts";

/** What is wrong in a cluster after a command whatever it was, one sentence each. */
export function complaints(
  objects: readonly KubeObject[],
  counts: {
    readonly creations: ReadonlyMap<string, number>;
    readonly undisturbed: ReadonlyMap<string, number>;
    /** A driver that was killed when all was done, or could not give its lease back, leaves one that expires. `children`: so it is just with instances that the first one needs. */
    readonly mayStayHeld: boolean | "children";
  },
): readonly string[] {
  const records = recordsOf(objects);
  return [
    ...objects
      .filter((object) => isHeld(object) && counts.mayStayHeld !== true)
      .filter(({ metadata }) => counts.mayStayHeld === false || !isOfChild(metadata.name, objects))
      .map(({ metadata }) => `Lease ${metadata.name} is still held`),
    ...records
      .filter(({ finishedAt }) => finishedAt === undefined)
      .map(({ instance, number }) => `run ${number} of ${instance} was never closed`),
    ...records
      .filter(({ intents, status }) => status === "COMPLETE" && intents.length > 0)
      .map(({ instance, number }) => `run ${number} of ${instance} is complete with open intents`),
    ...orphans(objects, records),
    ...madeAnew(counts.creations, counts.undisturbed),
  ];
}

function isHeld({ kind, spec }: KubeObject): boolean {
  return kind === "Lease" && Boolean((spec as { holderIdentity?: string }).holderIdentity);
}

function isOfChild(lease: string, objects: readonly KubeObject[]): boolean {
  return objects.some(
    ({ kind, metadata }) =>
      kind === "Instance" &&
      lease === `${metadata.name}-kplan` &&
      metadata.ownerReferences?.some((owner) => owner.kind === "Instance"),
  );
}

function recordsOf(objects: readonly KubeObject[]): readonly RunRecord[] {
  return objects.flatMap((object) => {
    const text = (object.data as Record<string, string> | undefined)?.["run.json"];
    return object.metadata.labels?.[LABEL.role] === "run" && text !== undefined
      ? [JSON.parse(text) as RunRecord]
      : [];
  });
}

/** Objects that a plan applied and no inventory names: nobody would remove them. */
function orphans(objects: readonly KubeObject[], records: readonly RunRecord[]): readonly string[] {
  return objects.flatMap(({ kind, metadata }) => {
    const { labels = {}, annotations = {}, name } = metadata;
    const instance = labels[LABEL.instance];
    const applied = annotations["kudo.dev/last-plan-execution-uid"] !== undefined;
    if (instance === undefined || !applied || kind === "Instance") return [];
    const newest = records
      .filter((record) => record.instance === instance)
      .sort((a, b) => b.number - a.number)[0];
    if (newest === undefined)
      return labels[LABEL.lifetime] === undefined && kind !== "PersistentVolumeClaim"
        ? [`${kind} ${name} is left without any run of ${instance}`]
        : [];
    return newest.inventory.some(({ ref }) => ref.kind === kind && ref.name === name)
      ? []
      : [`${kind} ${name} is in no inventory`];
  });
}

/** What came to be more often than it does when nothing happens; names that controllers make up, and what comes and goes anyhow, do not count. */
function madeAnew(
  creations: ReadonlyMap<string, number>,
  undisturbed: ReadonlyMap<string, number>,
): readonly string[] {
  return [...creations].flatMap(([key, count]) => {
    const usual = undisturbed.get(key);
    // What was refused before it began takes its Lease with it.
    if (usual === undefined || count <= usual || key.startsWith("Lease ")) return [];
    return [`${key} was created ${count} times, undisturbed ${usual}`];
  });
}
