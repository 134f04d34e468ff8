import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:tls";
import type { EmbeddedServer } from "../../src/embedded/start-server.ts";

/** The n-th request (from 0) of a method to a path, and when whoever sent it is killed: before it is passed on, or when it was answered and the answer is not passed on. */
export interface KillPoint {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly nth: number;
  readonly when: "before" | "after";
}

/** Stands between a real process and a server. */
export interface KillProxy {
  /** Text of a kubeconfig that leads through it. */
  readonly kubeconfig: string;
  /** From now on: kills at this point, once. */
  arm(point: KillPoint, kill: () => void): void;
  close(): Promise<void>;
}

/** Starts a proxy on the loopback. */
export async function startKillProxy(server: EmbeddedServer): Promise<KillProxy> {
  const sockets = new Set<Socket>();
  let armed: { readonly point: KillPoint; readonly kill: () => void } | undefined;
  let seen = 0;
  /** When the sender of this request is to be killed. */
  const fate = ({ method, url }: IncomingMessage): KillPoint["when"] | undefined => {
    if (armed === undefined) return undefined;
    const { point } = armed;
    if (method !== point.method || url !== point.path || seen++ !== point.nth) return undefined;
    return point.when;
  };
  const kill = (): void => {
    armed?.kill();
    armed = undefined;
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    const end = fate(incoming);
    if (end === "before") return kill();
    const { host: _, connection: __, ...headers } = incoming.headers;
    const onward = request(
      new URL(incoming.url ?? "/", server.url),
      { ca: server.caCert, method: incoming.method, headers, agent: false },
      (answer) => {
        if (end === "after") {
          answer.resume().on("end", kill);
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        response.on("close", () => onward.destroy());
      },
    );
    onward.on("error", () => response.destroy());
    onward.end(Buffer.concat(pieces));
  };

  const proxy = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  proxy.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
  });
  // Commands in pods, byte by byte.
  proxy.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const onward = connect({ port: server.port, host: "127.0.0.1", ca: server.caCert }, () => {
      const headers = { ...incoming.headers, host: `127.0.0.1:${server.port}` };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy()).on("error", () => onward.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    kubeconfig: kubeconfigOf(port, server.token),
    arm(point, how) {
      seen = 0;
      armed = { point, kill: how };
    },
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** JSON is YAML. It says that no container runs there, as the embedded cluster's own does. */
function kubeconfigOf(port: number, token: string): string {
  const simulated = { name: "kplan.dev/embedded", extension: {} };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "proxy",
    contexts: [{ name: "proxy", context: { cluster: "proxy", user: "proxy" } }],
    clusters: [
      {
        name: "proxy",
        cluster: { server: `http://127.0.0.1:${port}`, extensions: [simulated] },
      },
    ],
    users: [{ name: "proxy", user: { token } }],
  });
}
