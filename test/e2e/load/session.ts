import type { Socket } from "node:net";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import type { LoadConfig } from "./report.ts";

/** A connection to one member. */
export interface Session {
  readonly pod: string;
  readonly connection: Connection;
  /** True from the moment the end of the connection was seen. */
  readonly gone: () => boolean;
  /** Says that a statement met its end: not every end is told otherwise. */
  readonly lost: () => void;
}

/** Options of every connection. */
export type Access = Pick<LoadConfig, "host" | "port" | "user" | "password" | "ca">;

/** Opens a connection and asks where it leads. `onGone` is called once, when the server has closed it. Rejects with the driver's error. */
export async function openSession(access: Access, onGone: () => void): Promise<Session> {
  let gone = false;
  const { host, port, user, password, ca } = access;
  const connection = await createConnection({
    ...{ host, port, user, password, connectTimeout: 10_000 },
    ...(ca ? { ssl: { ca, verifyIdentity: false } } : {}),
  });
  const end = (): void => {
    if (gone) return;
    gone = true;
    onGone();
  };
  connection.on("end", end).on("error", end);
  // Over TLS the driver passes on neither; the socket that it reads from tells.
  const { stream } = (connection as unknown as { readonly connection: { stream: Socket } })
    .connection;
  stream.once("end", end).once("close", end);
  const [rows] = await connection.query<RowDataPacket[]>("SELECT @@hostname AS pod");
  return { pod: String(rows[0]?.pod), connection, gone: () => gone, lost: end };
}

/** Error as one short line; the driver's errors carry no password. */
export function errorLine(error: unknown): string {
  const { code, errno, message } = error as { code?: string; errno?: number; message?: string };
  return [errno, code, message].filter(Boolean).join(" ").slice(0, 200);
}
