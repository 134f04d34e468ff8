import { isNodeDown } from "../../health/pod-node.ts";
import { isPodReady } from "../../health/pod-serves.ts";
import { type CallOptions, type Cluster, ClusterError } from "../../model/cluster.ts";
import { isMap } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import { LABEL } from "../../model/names.ts";
import { type Acting, callOptions, mayWrite } from "../run-context.ts";

/** Refuses nodes that were declared lost and are not: their pods may still write. Throws a `bad-input` KplanError, ClusterError. */
export async function refuseLivingNodes(
  names: readonly string[],
  cluster: Cluster,
  options: CallOptions,
): Promise<void> {
  for (const name of names) {
    const node = await nodeNamed(name, cluster, options);
    if (node === undefined || isNodeDown(node)) continue;
    throw new KplanError(
      "node-not-lost",
      `node ${name} is ready: it answers, so it is not lost, and nothing was applied`,
      {
        kind: "bad-input",
        hint: `stop the machine first, and wait until \`kubectl get node ${name}\` says NotReady`,
      },
    );
  }
}

/** Removes pods by force that hang on nodes which somebody declared lost. */
export interface Sweeper {
  /** Takes what a watch shows of the pods of a workload. */
  readonly see: (pods: readonly KubeObject[], workload: KubeObject) => void;
  /** Throws what a removal has met. */
  readonly check: () => void;
  /** Resolves when no removal is under way any more. */
  readonly end: () => Promise<void>;
}

/** A sweeper; `ring` is called when a removal has failed. */
export function createSweeper(ctx: Acting, ring: () => void): Sweeper {
  const asked = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  return {
    see(pods, workload) {
      for (const pod of pods) {
        const { uid = "" } = pod.metadata;
        if (asked.has(uid) || !isStranded(pod, workload, ctx)) continue;
        asked.set(
          uid,
          remove(pod, ctx).catch((error: unknown) => {
            failures.push(error);
            ring();
          }),
        );
      }
    },
    check() {
      if (failures.length > 0) throw failures[0];
    },
    end: async () => {
      await Promise.all(asked.values());
    },
  };
}

/** A pod of the workload that serves nobody, on a node that was declared lost. */
function isStranded(pod: KubeObject, workload: KubeObject, { lostNodes = [] }: Acting): boolean {
  const node = nodeOf(pod);
  if (pod.kind !== "Pod" || isPodReady(pod) || !lostNodes.includes(node)) return false;
  const instance = workload.metadata.labels?.[LABEL.instance];
  const isOwned = (pod.metadata.ownerReferences ?? []).some(
    ({ uid }) => uid === workload.metadata.uid,
  );
  return isOwned || (instance !== undefined && pod.metadata.labels?.[LABEL.instance] === instance);
}

/** The node is asked for once more: one that has come back ends its pods itself. */
async function remove(pod: KubeObject, ctx: Acting): Promise<void> {
  const name = nodeOf(pod);
  const node = await nodeNamed(name, ctx.cluster, callOptions(ctx));
  if (node !== undefined && !isNodeDown(node)) return;
  mayWrite(ctx);
  const { uid } = pod.metadata;
  try {
    await ctx.cluster.delete(refOf(pod), {
      gracePeriodSeconds: 0,
      ...(uid !== undefined && { uid }),
      ...callOptions(ctx),
    });
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "conflict") return;
    throw error;
  }
  ctx.watchdog.touch();
  ctx.emit({
    type: "warning",
    message: `pod ${pod.metadata.name} was removed by force, for node ${name} was declared lost`,
  });
}

async function nodeNamed(
  name: string,
  cluster: Cluster,
  options: CallOptions,
): Promise<KubeObject | undefined> {
  return await cluster.get({ apiVersion: "v1", kind: "Node", name }, options);
}

function nodeOf({ spec }: KubeObject): string {
  return isMap(spec) && typeof spec.nodeName === "string" ? spec.nodeName : "";
}
