import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import type { States } from "./report.ts";
import type { Access } from "./session.ts";

/** Milliseconds between two looks. */
const PERIOD = 200;

/** Looks at the state of members, one connection to each; a member that does not answer within a look is missing in it. */
export interface Sampling {
  /** Which members there are, and their addresses. */
  readonly members: (addresses: Readonly<Record<string, string>>) => void;
  readonly stop: () => void;
}

/** Starts with no members. */
export function startSampling(access: Access, tell: (states: States) => void): Sampling {
  let members: Readonly<Record<string, string>> = {};
  const connections = new Map<string, Connection>();
  /** Hosts that have not answered yet. */
  const asked = new Set<string>();
  const forget = (host: string): void => {
    connections.get(host)?.destroy();
    connections.delete(host);
  };
  const stateOf = async (host: string): Promise<number | undefined> => {
    if (asked.has(host)) return undefined;
    asked.add(host);
    try {
      let connection = connections.get(host);
      if (connection === undefined) {
        const { port, user, password, ca } = access;
        connection = await createConnection({
          ...{ host, port, user, password, connectTimeout: 1000 },
          ...(ca ? { ssl: { ca, verifyIdentity: false } } : {}),
        });
        connection.on("error", () => forget(host)).on("end", () => forget(host));
        connections.set(host, connection);
      }
      const [rows] = await connection.query<RowDataPacket[]>({
        sql: "SHOW GLOBAL STATUS LIKE 'wsrep_local_state'",
        timeout: 1000,
      });
      return Number(rows[0]?.Value);
    } catch {
      forget(host);
      return undefined;
    } finally {
      asked.delete(host);
    }
  };
  const look = async (): Promise<void> => {
    const at = Date.now();
    const found = await Promise.all(
      Object.entries(members).map(async ([pod, host]) => [pod, await stateOf(host)] as const),
    );
    const states = Object.fromEntries(found.filter(([, state]) => state !== undefined));
    if (found.length > 0) tell({ at, states: states as Record<string, number> });
  };
  const timer = setInterval(() => void look(), PERIOD);
  return {
    members(addresses) {
      members = addresses;
    },
    stop() {
      clearInterval(timer);
      for (const host of connections.keys()) forget(host);
    },
  };
}
