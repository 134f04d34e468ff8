import { once } from "node:events";
import type { Socket } from "node:net";

/** Where a SOCKS connection is to end. */
export interface SocksTarget {
  readonly host: string;
  readonly port: number;
  /** The proxy; its user and password, if any, are offered. */
  readonly proxy: URL;
}

/**
 * Asks a SOCKS5 proxy for a connection (RFC 1928, RFC 1929); names are resolved by the proxy.
 * Resolves with the socket once it leads to the target; rejects with what the proxy said.
 */
export async function socks5(socket: Socket, target: SocksTarget): Promise<Socket> {
  socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
  const user = decodeURIComponent(target.proxy.username);
  const password = decodeURIComponent(target.proxy.password);
  await once(socket, "connect");

  socket.write(Buffer.from(user === "" ? [5, 1, 0] : [5, 2, 0, 2]));
  const [, method] = await take(socket, 2);
  if (method === 2) {
    socket.write(Buffer.concat([Buffer.from([1]), counted(user), counted(password)]));
    const [, refused] = await take(socket, 2);
    if (refused !== 0) throw new Error("it did not accept the user and password");
  } else if (method !== 0) throw new Error("it accepts no way of authentication that kplan knows");

  const port = Buffer.from([target.port >> 8, target.port & 255]);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0, 3]), counted(target.host), port]));
  const head = await take(socket, 4);
  if (head[1] !== 0) throw new Error(REPLIES[head[1] ?? 0] ?? `it answered with code ${head[1]}`);
  const kind = head[3];
  const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await take(socket, 1))[0] ?? 0);
  await take(socket, length + 2);
  socket.setTimeout(0);
  return socket;
}

const REPLIES: Readonly<Record<number, string>> = {
  1: "it failed",
  2: "its rules do not allow the connection",
  3: "the network cannot be reached from it",
  4: "the host cannot be reached from it",
  5: "the connection was refused",
  6: "the connection timed out",
  7: "it cannot do this",
  8: "it does not know this kind of address",
};

function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** The next `count` bytes. */
async function take(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes: unknown = socket.read(count);
    if (Buffer.isBuffer(bytes)) return bytes;
    if (socket.readableEnded || socket.destroyed) throw new Error("it closed the connection");
    await Promise.race([once(socket, "readable"), once(socket, "end")]);
  }
}
