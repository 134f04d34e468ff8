import type { KubeObject } from "../model/kube-object.ts";
import type { ActionContext } from "./context.ts";

/** What `get` can list. */
export type InstalledKind = "instances" | "operators" | "operatorversions";

/** The Instances, Operators or OperatorVersions of the namespace, by name. An empty list when the cluster does not know the kind. */
export async function listInstalled(
  _ctx: Pick<ActionContext, "cluster" | "namespace">,
  _kind: InstalledKind,
): Promise<readonly KubeObject[]> {
  throw new Error("not there yet");
}
