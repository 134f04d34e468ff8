import { Agent, createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { execOverSocket } from "../../src/cluster/http/exec-socket.ts";

const SOON = { handshake: 300, ping: 50, most: 300 };
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server that takes an exec and does with the connection what `then` says; how many pings it gets is counted. */
async function serve(
  then: "never answers" | "goes silent" | "is slow",
): Promise<{ readonly url: URL; pings: number }> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const held = new Set<Socket>();
  server.on("upgrade", (request, socket: Socket, head) => {
    held.add(socket);
    if (then === "never answers") return;
    sockets.handleUpgrade(request, socket, head, (exec) => {
      exec.on("ping", () => {
        seen.pings += 1;
        if (then === "is slow" && seen.pings === 20)
          exec.send(Buffer.concat([Buffer.from([3]), Buffer.from('{"status":"Success"}')]));
      });
      if (then === "goes silent") socket.pause();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const seen = { url: new URL(`http://127.0.0.1:${port}/exec`), pings: 0 };
  ends.push(() => {
    for (const socket of held) socket.destroy();
    server.close();
  });
  return seen;
}

function request(url: URL): Parameters<typeof execOverSocket>[0] {
  const { signal } = new AbortController();
  return { url, headers: {}, agent: new Agent(), stdin: undefined, mostOutput: 100, signal };
}

test.each(["never answers", "goes silent"] as const)(
  "a server that %s is given up: the command may have been carried out",
  async (then) => {
    const { url } = await serve(then);
    await expect(execOverSocket(request(url), SOON)).rejects.toMatchObject({ phase: "sent" });
  },
);

test("a command that says nothing for long is waited for as long as the server answers pings", async () => {
  const server = await serve("is slow");
  // Twenty pings take three times as long as silence is borne.
  expect(await execOverSocket(request(server.url), SOON)).toMatchObject({ kind: "ended" });
  expect(server.pings).toBe(20);
});
