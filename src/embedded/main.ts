import { randomUUID } from "node:crypto";
import { stderr } from "node:process";
import {
  dataPaths,
  processBegan,
  readNote,
  removeNote,
  writePrivate,
} from "./daemon/daemon-files.ts";
import { type EmbeddedServer, startServer } from "./start-server.ts";

/** The process ends when nobody asked anything for this long, in milliseconds. Open watches count as asking. */
const IDLE = 30 * 60_000;

const [dataDir = "", version = ""] = process.argv.slice(2);
serve().catch((error: unknown) => {
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

/** Serves a data folder until it is told to stop or has nothing to do; then leaves no note behind. */
async function serve(): Promise<void> {
  const id = randomUUID();
  const server = await startOnLastPort();
  const { kubeconfig, note } = dataPaths(dataDir);
  writePrivate(kubeconfig, server.kubeconfig());
  const began = processBegan(process.pid);
  writePrivate(note, JSON.stringify({ pid: process.pid, port: server.port, version, id, began }));
  const stop = async (): Promise<void> => {
    clearInterval(idle);
    await server.close();
    removeNote(dataDir, id);
  };
  const idle = watchIdle(server, stop);
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => void stop());
}

/** Kubeconfigs that were copied go on working as long as the port of last time is free. */
async function startOnLastPort(): Promise<EmbeddedServer> {
  const last = readNote(dataDir)?.port ?? Number(process.env.KPLAN_EMBEDDED_PORT ?? 0);
  const onFailure = (error: unknown): void => {
    stderr.write(`the data folder cannot be written: ${String(error)}\n`);
    process.kill(process.pid, "SIGKILL");
  };
  try {
    return await startServer({ dataDir, port: last, onFailure });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return startServer({ dataDir, onFailure });
  }
}

function watchIdle(server: EmbeddedServer, stop: () => Promise<void>): NodeJS.Timeout {
  let seen = server.requests();
  let since = performance.now();
  return setInterval(() => {
    const now = server.requests();
    if (now !== seen || server.open() > 0) since = performance.now();
    seen = now;
    if (performance.now() - since > IDLE) void stop();
  }, 30_000);
}
