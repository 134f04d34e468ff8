import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { KplanError } from "../../model/kplan-error.ts";
import {
  dataPaths,
  type EmbeddedPlace,
  isAlive,
  makeDataDir,
  readNote,
  runningServer,
  type ServerNote,
} from "./daemon-files.ts";
import { withFileLock } from "./file-lock.ts";

/** How the embedded cluster stands. */
export interface EmbeddedState {
  readonly running: boolean;
  readonly dataDir: string;
  /** Path of its kubeconfig. */
  readonly kubeconfig: string;
  readonly server?: string;
  readonly pid?: number;
  readonly version?: string;
}

/** The state after a start. */
export interface EmbeddedStart extends EmbeddedState {
  /** False when it ran already. */
  readonly started: boolean;
}

/** How long a server may take to start or stop, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Makes sure that the embedded cluster runs: one process for each data folder. Finding it takes one file read; of several
 * processes that start it at once, one does. A server of another kplan version is replaced, its data kept.
 * Throws a KplanError with the end of its log when it does not start.
 */
export async function ensureEmbedded(place: EmbeddedPlace): Promise<EmbeddedStart> {
  const { dataDir, version } = place;
  const running = runningServer(dataDir);
  if (running?.version === version) return { ...stateOf(dataDir, running), started: false };
  makeDataDir(dataDir);
  return withFileLock(dataPaths(dataDir).lock, async () => {
    const other = runningServer(dataDir);
    if (other?.version === version) return { ...stateOf(dataDir, other), started: false };
    if (other) await end(dataDir, other);
    const note = await start(place);
    return { ...stateOf(dataDir, note), started: true };
  });
}

/** Stops the embedded cluster and keeps its data; false when it did not run. */
export async function stopEmbedded({ dataDir }: EmbeddedPlace): Promise<boolean> {
  if (!runningServer(dataDir)) return false;
  return withFileLock(dataPaths(dataDir).lock, async () => {
    const note = runningServer(dataDir);
    if (note) await end(dataDir, note);
    return note !== undefined;
  });
}

/** How the embedded cluster stands; starts nothing. */
export async function embeddedStatus({ dataDir }: EmbeddedPlace): Promise<EmbeddedState> {
  return stateOf(dataDir, runningServer(dataDir));
}

/** Stops the embedded cluster and deletes all it holds, its certificate and token too. */
export async function resetEmbedded(place: EmbeddedPlace): Promise<void> {
  const { dataDir } = place;
  makeDataDir(dataDir);
  await withFileLock(dataPaths(dataDir).lock, async () => {
    const note = runningServer(dataDir);
    if (note) await end(dataDir, note);
    const { kubeconfig, log, note: notePath } = dataPaths(dataDir);
    for (const path of [
      kubeconfig,
      log,
      notePath,
      `${dataDir}/journal`,
      `${dataDir}/identity.json`,
    ])
      rmSync(path, { force: true });
  });
}

function stateOf(dataDir: string, note: ServerNote | undefined): EmbeddedState {
  const { kubeconfig } = dataPaths(dataDir);
  if (!note) return { running: false, dataDir, kubeconfig };
  const { pid, port, version } = note;
  return { running: true, dataDir, kubeconfig, server: `https://127.0.0.1:${port}`, pid, version };
}

/** Starts a process that outlives this one, and waits until it has written its note. */
async function start({ dataDir, entry, version }: EmbeddedPlace): Promise<ServerNote> {
  const log = openSync(dataPaths(dataDir).log, "w", 0o600);
  const child = spawn(process.execPath, [entry, dataDir, version], {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, NODE_OPTIONS: "" },
    cwd: dataDir,
  });
  let failed = false;
  child.once("error", () => {
    failed = true;
  });
  child.once("exit", () => {
    failed = true;
  });
  child.unref();
  closeSync(log);
  const stop = Date.now() + PATIENCE;
  while (!failed && Date.now() < stop) {
    const note = readNote(dataDir);
    if (note && note.pid === child.pid) return note;
    await sleep(5);
  }
  if (child.pid !== undefined && !failed) process.kill(child.pid, "SIGKILL");
  throw new KplanError(
    "embedded-start",
    `the embedded cluster does not start: ${lastWords(dataDir)}`,
    {
      hint: "kplan embedded reset deletes its data and starts anew",
    },
  );
}

function lastWords(dataDir: string): string {
  try {
    const lines = readFileSync(dataPaths(dataDir).log, "utf8").trim().split("\n");
    return lines.at(-1) || "it says nothing";
  } catch {
    return "it says nothing";
  }
}

/** Asks a server to end, then ends it. */
async function end(dataDir: string, { pid, id }: ServerNote): Promise<void> {
  signal(pid, "SIGTERM");
  const stop = Date.now() + PATIENCE;
  while (isAlive(pid) && readNote(dataDir)?.id === id) {
    if (Date.now() > stop) signal(pid, "SIGKILL");
    await sleep(10);
  }
  const gone = Date.now() + 1_000;
  while (isAlive(pid) && Date.now() < gone) await sleep(5);
  if (readNote(dataDir)?.id === id) rmSync(dataPaths(dataDir).note, { force: true });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has gone by itself.
  }
}
