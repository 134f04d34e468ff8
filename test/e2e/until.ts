import { setTimeout as sleep } from "node:timers/promises";

/** How long a condition may take, and how often it is looked at, in milliseconds. */
export interface Patience {
  readonly within: number;
  readonly every?: number;
}

/**
 * Looks until there is an answer. `look` answers undefined while there is none yet; what it throws counts as no answer.
 * Throws with the last thing seen when the time is up.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  { within, every = 500 }: Patience,
): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    let last: unknown;
    try {
      const answer = await look();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end)
      throw new Error(`${what}: not within ${within / 1000} s`, { cause: last });
    await sleep(every);
  }
}
