import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on the loopback that answers each path with what is given: a text or bytes (200), or as a function does. */
export interface WebServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** Paths asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts one. What is not given is 404. */
export async function startWebServer(
  answers: Record<string, string | Uint8Array | RequestListener>,
): Promise<WebServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const answer = answers[path];
    if (typeof answer === "function") return answer(request, response);
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
