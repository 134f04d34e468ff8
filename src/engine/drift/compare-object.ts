import { podTemplateOf } from "../../enhance/pod-template.ts";
import { type CallOptions, type Cluster, ClusterError } from "../../model/cluster.ts";
import type { DriftedField, DriftedObject } from "../../model/drift.ts";
import { isMap, type Json } from "../../model/json.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import { ANNOTATION, FIELD_MANAGER, LABEL } from "../../model/names.ts";
import { otherOwner, ownerOf } from "../objects/other-instance.ts";
import { atVersion, bare, hasMoved } from "../preview/check-object.ts";
import { type ChangedField, changedFields, fieldText } from "./changed-fields.ts";
import { fieldOwner } from "./field-owner.ts";
import { isKudosWork, withoutKudosNotes } from "./kudos-notes.ts";

/** How often an object that others keep changing is looked at again. */
const LOOKS = 5;

/** How an object differs from what was applied; undefined when it does not. */
export type Difference = Pick<DriftedObject, "state" | "message" | "fields">;

/**
 * Compares a live object with what was applied: a dry run tells what applying it again would change. What others added beside it is no difference. Throws ClusterError
 * when it cannot be asked.
 * @param object as it was applied
 * @param found as it was read; undefined: it is not there
 */
export async function compareObject(
  object: KubeObject,
  found: KubeObject | undefined,
  deps: { readonly cluster: Cluster; readonly options?: CallOptions },
): Promise<Difference | undefined> {
  const { cluster, options = {} } = deps;
  let live = found;
  for (let look = 1; ; look++) {
    if (live === undefined) return { state: "missing", fields: [] };
    const other = notAsMade(object, live);
    if (other !== undefined) return other;
    const applied = withLiveHash(object, live);
    try {
      const after = await cluster.apply(atVersion(applied, live), {
        dryRun: true,
        force: true,
        live,
        ...options,
      });
      return changed(live, after);
    } catch (error) {
      if (error instanceof ClusterError && error.immutable)
        return { state: "changed", message: error.message, fields: [] };
      if (!hasMoved(error, "configure") || look >= LOOKS) throw error;
    }
    live = await cluster.get(refOf(live), options);
  }
}

/** What says that it is another object than was made, or will soon be none. */
function notAsMade(object: KubeObject, live: KubeObject): Difference | undefined {
  const { deletionTimestamp, finalizers = [], labels, managedFields } = live.metadata;
  if (deletionTimestamp !== undefined) {
    const held = finalizers.length === 0 ? "" : `, held by ${finalizers.join(", ")}`;
    return { state: "leaving", message: `being deleted${held}`, fields: [] };
  }
  const mine = ownerOf(object);
  const other = mine && otherOwner(live, mine);
  if (other !== undefined) return { state: "not-ours", message: `it is ${other}'s`, fields: [] };
  const isWritten = managedFields?.some(({ manager }) => manager === FIELD_MANAGER) ?? true;
  if (labels?.[LABEL.instance] !== undefined || isWritten) return undefined;
  const makers = [...new Set(managedFields?.map(({ manager }) => manager))].join(", ");
  return { state: "not-ours", message: `${makers} made it anew`, fields: [] };
}

/**
 * The hash over what the pods use was made of what that was then: as long as it is our own, it stands as it is. What has changed since restarts the pods with the next
 * plan that applies them, and is no drift.
 */
function withLiveHash(object: KubeObject, live: KubeObject): KubeObject {
  const copy = structuredClone(object);
  const wanted = annotationsIn(podTemplateOf(copy));
  const there = annotationsIn(podTemplateOf(live));
  const hash = there?.[ANNOTATION.dependenciesHash];
  if (wanted === undefined || typeof hash !== "string") return object;
  if (!(ANNOTATION.dependenciesHash in wanted)) return object;
  const pods = ["spec", "template", "metadata", "annotations", ANNOTATION.dependenciesHash];
  const path = live.kind === "CronJob" ? ["spec", "jobTemplate", ...pods] : pods;
  const owner = fieldOwner(live, path);
  if (owner !== undefined && owner.manager !== FIELD_MANAGER && !isKudosWork(live)) return object;
  wanted[ANNOTATION.dependenciesHash] = hash;
  return copy;
}

function annotationsIn(template: unknown): Record<string, unknown> | undefined {
  const metadata = isMap(template) ? template.metadata : undefined;
  const annotations = isMap(metadata) ? metadata.annotations : undefined;
  return isMap(annotations) ? (annotations as Record<string, unknown>) : undefined;
}

function changed(live: KubeObject, after: KubeObject): Difference | undefined {
  const compared = isKudosWork(live) ? withoutKudosNotes : (object: KubeObject) => object;
  const { status: _, ...before } = compared(bare(live));
  const { status: __, ...now } = compared(bare(after));
  const fields = changedFields(before, now).map((field) => drifted(field, live));
  return fields.length === 0 ? undefined : { state: "changed", fields };
}

function drifted({ path, before, after }: ChangedField, live: KubeObject): DriftedField {
  const masked = live.kind === "Secret" && (path[0] === "data" || path[0] === "stringData");
  const shown = (value: Json): Json => (masked ? maskedValue(value) : value);
  const by = fieldOwner(live, path);
  return {
    field: fieldText(path),
    ...(after !== undefined && { applied: shown(after) }),
    ...(before !== undefined && { live: shown(before) }),
    ...(by !== undefined && before !== undefined && { by }),
  };
}

/** Values as `***`, whatever they are; names of keys stay. */
function maskedValue(value: Json): Json {
  if (!isMap(value)) return "***";
  return Object.fromEntries(Object.keys(value).map((key) => [key, "***"]));
}
