import type { Exchange } from "../../src/cluster/http/exchange.ts";
import { httpExchange } from "../../src/cluster/http/http-exchange.ts";
import { processIdentity } from "../../src/embedded/daemon/certificate.ts";
import { kubeconfigText } from "../../src/embedded/daemon/kubeconfig-text.ts";
import type { CoreOptions } from "../../src/embedded/start-core.ts";
import { startInProcess } from "../../src/embedded/start-in-process.ts";
import type { EmbeddedServer } from "../../src/embedded/start-server.ts";
import { systemRandom } from "../../src/model/random.ts";
import { realClock } from "../../src/model/real-clock.ts";
import { inProcessExchange } from "../../src/package-test/in-process-exchange.ts";

const exchanges = new Map<string, Exchange>();
let count = 0;

/** An embedded server that only this process reaches. */
export type InProcessTarget = Pick<
  EmbeddedServer,
  "url" | "kubeconfig" | "store" | "api" | "close"
>;

/**
 * An embedded server without a socket for tests that are not about HTTP, which takes more than a third of the time of all else. Its kubeconfig is like any
 * other; `cli` and `openApi` know the way, and so does `connect` when it is given `exchangeInTests`.
 */
export async function serveInProcess(
  options: Partial<
    Pick<CoreOptions, "clock" | "speed" | "controllers" | "simulation" | "pods">
  > = {},
): Promise<InProcessTarget> {
  const { cert: caCert, token } = await processIdentity();
  const server = await startInProcess({
    clock: realClock,
    ...options,
    random: systemRandom,
    caCert,
  });
  const url = `https://server-${++count}.test:6443`;
  exchanges.set(url, inProcessExchange(server, realClock));
  return {
    url,
    kubeconfig: () => kubeconfigText({ url, caCert, token }),
    store: server.state.store,
    api: server.api,
    close: async () => {
      exchanges.delete(url);
      await server.close();
    },
  };
}

/** The way to a server of `serveInProcess`; undefined for any other address. */
export function wayTo(url: URL): Exchange | undefined {
  return exchanges.get(url.origin);
}

/** Straight to servers of `serveInProcess`, over the network to all others. */
export const exchangeInTests: Exchange = {
  exchange: (request) => (wayTo(request.url) ?? httpExchange).exchange(request),
  open: (request) => (wayTo(request.url) ?? httpExchange).open(request),
  exec: (request) => (wayTo(request.url) ?? httpExchange).exec(request),
};
