/**
 * Does several things at the same time. When one fails the signal of the others aborts, all of them are awaited, and the first failure is thrown:
 * nothing goes on behind the caller's back.
 */
export async function together<In, Out>(
  items: readonly In[],
  halt: AbortSignal,
  work: (item: In, signal: AbortSignal) => Promise<Out>,
): Promise<Out[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([halt, failed.signal]);
  const failures: unknown[] = [];
  const ends = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await work(item, signal);
      } catch (error) {
        failures.push(error);
        failed.abort();
        throw error;
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  return ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
}
