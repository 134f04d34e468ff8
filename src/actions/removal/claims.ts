import { removeObjects } from "../../engine/objects/remove-objects.ts";
import { ClusterError } from "../../model/cluster.ts";
import type { WriteFence } from "../../model/driver.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, type ObjectRef, refOf } from "../../model/kube-object.ts";
import { LABEL } from "../../model/names.ts";
import { secretsRef } from "../../store/secret-values.ts";
import type { ActionContext } from "../context.ts";
import { NO_RECORD } from "./no-record.ts";

/** The claims of an instance that hold its data, those that are kept whatever happens left out. One request; none where claims may not be listed. */
export async function claimsOf(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  instance: string,
): Promise<readonly ObjectRef[]> {
  const query = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    namespace: ctx.namespace,
    labelSelector: `${LABEL.instance}=${instance}`,
  };
  try {
    const { items } = await ctx.cluster.list(query);
    return items.filter((claim) => !isKept(claim)).map(refOf);
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "forbidden") return [];
    throw error;
  }
}

/** Whether a claim is to outlive all that can be asked for, like one with backups (label `kplan.dev/lifetime: keep`). */
export function isKept({ metadata }: KubeObject): boolean {
  return metadata.labels?.[LABEL.lifetime] === "keep";
}

/**
 * Refuses to install over what an earlier instance left (its claims, and the notes about their data), unless it was said what to do with it. Throws a
 * `bad-input` KplanError.
 */
export function refuseClaims(
  instance: string,
  left: readonly ObjectRef[],
  allowed: { readonly reuseClaims: boolean; readonly deleteClaims: boolean },
): void {
  if (left.length === 0 || allowed.reuseClaims || allowed.deleteClaims) return;
  const claims = left.filter(({ kind }) => kind === "PersistentVolumeClaim");
  const names = (claims.length > 0 ? claims : left).map(({ name }) => name).sort();
  const shown = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  const what =
    claims.length === 0
      ? "notes about its data, but no claim"
      : `${names.length === 1 ? "a claim" : `${names.length} claims`} with its data`;
  throw new KplanError("claims-left", `an earlier ${instance} left ${what}: ${shown.join(", ")}`, {
    kind: "bad-input",
    hint: "--reuse-claims installs over that data, --delete-claims deletes it first",
  });
}

/** Deletes claims and the instance's secret values, and waits until they are gone. False when it was stopped before. */
export async function deleteClaims(
  ctx: ActionContext,
  fence: WriteFence,
  instance: string,
  claims: readonly ObjectRef[],
): Promise<boolean> {
  const { cluster, clock, emit, limits, stop } = ctx;
  const { complete } = await removeObjects([claims, [secretsRef(ctx.namespace, instance)]], {
    cluster,
    clock,
    emit,
    fence,
    instance: { name: instance, namespace: ctx.namespace },
    limits,
    stop,
    // Neither claims nor the Secret are in an inventory.
    recorder: NO_RECORD,
  });
  return complete;
}
