import { type Cluster, ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import { type KubeObject, refOf } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";

/** The one writer of an Instance while its lease is held; writes go one after the other. */
export interface InstanceWriter {
  /** As last read or written. */
  current(): KubeObject;
  /** JSON merge patch, at just the version last seen; as a function it is made anew of each version that it is tried on. */
  patch(body: InstancePatch, subresource?: "status"): Promise<KubeObject>;
}

/** A JSON merge patch of an Instance, or what makes one. */
export type InstancePatch =
  | Record<string, unknown>
  | ((current: KubeObject) => Record<string, unknown>);

/**
 * Writes an Instance at just the version last seen. Another's change in between (a request's annotation) is read and the write repeated, as long as
 * no later driver has put its token there: then throws a `lease-lost` KplanError.
 */
export function instanceWriter(
  cluster: Cluster,
  instance: KubeObject,
  token: number,
): InstanceWriter {
  let current = instance;
  let turn: Promise<unknown> = Promise.resolve();

  return {
    current: () => current,
    patch(body, subresource) {
      const mine = turn.then(() => write(body, subresource));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };

  async function write(
    patch: InstancePatch,
    subresource: "status" | undefined,
  ): Promise<KubeObject> {
    for (let attempt = 0; ; attempt++) {
      const body = typeof patch === "function" ? patch(current) : patch;
      const { resourceVersion } = current.metadata;
      const metadata = { ...(body.metadata as object | undefined), resourceVersion };
      try {
        current = await cluster.patch(
          refOf(current),
          { ...body, metadata },
          { ...(subresource && { subresource }) },
        );
        return current;
      } catch (error) {
        const isConflict = error instanceof ClusterError && error.kind === "conflict";
        if (!isConflict || attempt === 5) throw error;
        current = await readAgain(error);
      }
    }
  }

  async function readAgain(cause: unknown): Promise<KubeObject> {
    const seen = await cluster.get(refOf(current));
    const { name } = current.metadata;
    if (!seen || seen.metadata.uid !== current.metadata.uid)
      throw new KplanError("instance-gone", `Instance ${name} was deleted meanwhile`, { cause });
    if (tokenOf(seen) > token)
      throw new KplanError("lease-lost", `somebody else drives ${name} now`, {
        kind: "busy",
        hint: "`kplan plan status` shows how it stands",
        cause,
      });
    return seen;
  }
}

/** The fencing token of the last driver of an Instance; 0 when there was none. */
function tokenOf(instance: KubeObject): number {
  return Number(instance.metadata.annotations?.[ANNOTATION.token] ?? 0);
}
