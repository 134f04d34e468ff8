import type { Exchange } from "../../src/cluster/http/exchange.ts";
import type { Driver } from "../../src/package-test/world.ts";

/** An exchange that kills its driver before or after its n-th write; `counter` counts all of them. */
export function deadly(
  n: number,
  when: "before" | "after",
  counter: { writes: number },
): (inner: Exchange, driver: Driver) => Exchange {
  return (inner, driver) => ({
    ...inner,
    exchange: async (request) => {
      // Events are news, not state.
      const isNews = request.url.pathname.endsWith("/events");
      const isWrite =
        request.method !== "GET" &&
        !isNews &&
        !/dryRun|reviews/.test(request.url.href + (request.body ?? ""));
      if (!isWrite) return await inner.exchange(request);
      counter.writes++;
      if (counter.writes !== n) return await inner.exchange(request);
      if (when === "after") await inner.exchange(request);
      driver.kill();
      return await new Promise(() => undefined);
    },
  });
}
