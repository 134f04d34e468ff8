import { ClusterError } from "../../model/cluster.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import type { ActionContext } from "../context.ts";

/** Whether the namespace is there. Who may not look at namespaces is told yes: the first write will show. */
export async function hasNamespace(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
): Promise<boolean> {
  try {
    return (await ctx.cluster.get(refOf(namespaceObject(ctx.namespace)))) !== undefined;
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "forbidden") return true;
    throw error;
  }
}

/** Creates the namespace, `wanted` (see `wantedNamespace`); one that somebody else makes at the same time will do. */
export async function createNamespace(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  wanted: KubeObject,
): Promise<void> {
  try {
    await ctx.cluster.create(wanted);
  } catch (error) {
    if (!(error instanceof ClusterError && error.kind === "already-exists")) throw error;
  }
}

/** What is thrown where the namespace is missing and was not asked for. */
export function noNamespace(namespace: string): KplanError {
  return new KplanError("no-namespace", `there is no namespace ${namespace}`, {
    kind: "bad-input",
    hint: "--create-namespace makes it; -n chooses another one",
  });
}

function namespaceObject(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}
