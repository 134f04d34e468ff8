import type { Cluster } from "../../model/cluster.ts";

/** The same cluster for a process that dies before or after its n-th write (`killed`): from then on nothing reaches it. `counter` counts the writes. */
export function mortal<T extends Cluster>(
  cluster: T,
  n: number,
  when: "before" | "after",
  counter: { writes: number } = { writes: 0 },
): T {
  const write = async <A>(dryRun: boolean | undefined, work: () => Promise<A>): Promise<A> => {
    if (dryRun) return await work();
    counter.writes++;
    if (counter.writes > n || (counter.writes === n && when === "before"))
      throw new Error("killed");
    const answer = await work();
    if (counter.writes >= n) throw new Error("killed");
    return answer;
  };
  const mortalCalls: Pick<Cluster, "create" | "apply" | "delete"> = {
    create: (object, options) => write(options?.dryRun, () => cluster.create(object, options)),
    apply: (object, options) => write(options?.dryRun, () => cluster.apply(object, options)),
    delete: (ref, options) => write(options?.dryRun, () => cluster.delete(ref, options)),
  };
  return { ...cluster, ...mortalCalls };
}
