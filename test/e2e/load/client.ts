import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { newGauge } from "./gauge.ts";
import type { Acknowledged, ClientReport, Manner } from "./report.ts";
import { type Access, errorLine, openSession, type Session } from "./session.ts";

/** How long a row that was acknowledged may be missing on another member, in milliseconds. */
const LATE = 2000;

/** One client of the load. */
export interface Client {
  readonly manner: Manner;
  /** Name of the pod it is connected to; empty when to none. */
  readonly pod: () => string;
  /** Ends the stage. */
  readonly take: () => ClientReport;
  readonly rows: () => Acknowledged;
  /** Replaces its connection by one to this pod; what it does meanwhile goes on over the old one. */
  readonly moveTo: (pod: string) => Promise<void>;
  /** Resolves when its last statement is done. */
  readonly stop: () => Promise<void>;
}

/** Starts a client that inserts a row, reads it back and thinks, for ever. `access` is asked at each connection. */
export function startClient(
  id: number,
  manner: Manner,
  think: number,
  access: () => Access,
): Client {
  const gauge = newGauge(id, manner, think, now());
  const except: number[] = [];
  let last = 0;
  let stopped = false;
  let session: Session | undefined;
  let inStatement = false;
  let opening: Promise<void> | undefined;

  const open = async (): Promise<Session> => {
    const own: { session?: Session } = {};
    const opened = await openSession(access(), () => {
      if (own.session === undefined || session !== own.session || stopped) return;
      gauge.closed({ at: Date.now(), pod: own.session.pod, inStatement });
      // A kept connection is opened again at once, a pool opens another when it needs one.
      if (manner === "kept") void ensure();
    });
    own.session = opened;
    return opened;
  };
  /** One attempt for a pool, whose caller gets the error; as many as it takes for a kept connection. */
  const ensure = (): Promise<void> => {
    opening ??= (async () => {
      const begin = performance.now();
      session = undefined;
      for (let failed = 0; !stopped && session === undefined; failed++) {
        try {
          session = await open();
          const ms = Math.round(performance.now() - begin);
          gauge.opened({ at: Date.now(), pod: session.pod, ms, failed });
        } catch (error) {
          gauge.failed({ at: Date.now(), what: "connect", pod: "", error: errorLine(error) });
          if (manner === "pooled") return;
          await sleep(100);
        }
      }
    })().finally(() => {
      opening = undefined;
    });
    return opening;
  };
  /** Runs one statement. Undefined: it failed, or there is no connection. */
  const run = async <T extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    values: readonly unknown[],
  ): Promise<T | undefined> => {
    // A turn of the loop, in which the end of an idle connection is seen that has arrived by now: as pools do that look at a socket before they use it.
    await setImmediate();
    if (session === undefined || session.gone()) await ensure();
    const current = session;
    if (current === undefined) return undefined;
    inStatement = true;
    try {
      const [result] = await current.connection.query<T>(sql, [...values]);
      gauge.succeeded(now());
      return result;
    } catch (error) {
      const { pod } = current;
      gauge.failed({ at: Date.now(), what: "statement", pod, error: errorLine(error) });
      if ((error as { readonly fatal?: boolean }).fatal) current.lost();
      return undefined;
    } finally {
      inStatement = false;
    }
  };
  const readBack = async (n: number): Promise<void> => {
    const until = performance.now() + LATE;
    for (;;) {
      const sql = "SELECT n FROM kplan_load.rows WHERE client = ? AND n = ?";
      const rows = await run<RowDataPacket[]>(sql, [id, n]);
      if (rows === undefined || rows.length === 1 || stopped) return;
      gauge.late();
      if (performance.now() > until) {
        const pod = session?.pod ?? "";
        gauge.failed({ at: Date.now(), what: "lost", pod, error: `row ${n} is not there` });
        return;
      }
      await sleep(think);
    }
  };
  const loop = (async () => {
    while (!stopped) {
      const n = last + 1;
      const pad = "x".repeat(100);
      const sql = "INSERT INTO kplan_load.rows (client, n, pad) VALUES (?, ?, ?)";
      const written = await run<ResultSetHeader>(sql, [id, n, pad]);
      last = n;
      if (written === undefined) except.push(n);
      else await readBack(n);
      await sleep(think);
    }
  })();

  return {
    manner,
    pod: () => session?.pod ?? "",
    take: () => gauge.take(now(), session?.pod ?? ""),
    rows: () => ({ client: id, last, except }),
    async moveTo(pod) {
      for (let tries = 0; tries < 200; tries++) {
        const fresh = await open();
        if (fresh.pod === pod) {
          const before = session;
          session = fresh;
          // Its last statement is done by then.
          await sleep(1000);
          before?.connection.destroy();
          return;
        }
        fresh.connection.destroy();
      }
      throw new Error(`the Service led to ${pod} not once in 200 connections`);
    },
    async stop() {
      stopped = true;
      await loop;
      session?.connection.destroy();
    },
  };
}

/** Milliseconds since 1970, by a clock that nobody sets back. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
