import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the embedded cluster of a user is, and which program serves it. */
export interface EmbeddedPlace {
  readonly dataDir: string;
  /** Of the kplan that asks; a server of another version is replaced. */
  readonly version: string;
  /** Path of the server's program. */
  readonly entry: string;
}

/** What a running server has written down (`server.json`, mode 0600). */
export interface ServerNote {
  readonly pid: number;
  readonly port: number;
  readonly version: string;
  /** Random; tells this server from a later one with the same pid. */
  readonly id: string;
  /** When the process began, as the system counts it; tells it from a later process with the same pid. Absent where it is not known. */
  readonly began?: string;
}

/** Paths in a data folder. */
export function dataPaths(dataDir: string): {
  readonly note: string;
  readonly lock: string;
  readonly kubeconfig: string;
  readonly log: string;
} {
  return {
    note: join(dataDir, "server.json"),
    lock: join(dataDir, "server.lock"),
    kubeconfig: join(dataDir, "kubeconfig"),
    log: join(dataDir, "server.log"),
  };
}

/** The note of the server that runs now; undefined when there is none, or its process is gone. */
export function runningServer(dataDir: string): ServerNote | undefined {
  const note = readNote(dataDir);
  if (!note || !isAlive(note.pid)) return undefined;
  return note.began === undefined || note.began === processBegan(note.pid) ? note : undefined;
}

/** The last server's note, whether it runs or not. */
export function readNote(dataDir: string): ServerNote | undefined {
  try {
    const note = JSON.parse(readFileSync(dataPaths(dataDir).note, "utf8")) as ServerNote;
    return Number.isInteger(note.pid) && Number.isInteger(note.port) ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a file that only its owner may read, in one step. */
export function writePrivate(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Makes the data folder, mode 0700. */
export function makeDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

/** Removes a note, if it is still this server's. */
export function removeNote(dataDir: string, id: string): void {
  if (readNote(dataDir)?.id === id) rmSync(dataPaths(dataDir).note, { force: true });
}

/** Whether a process is there, and not just waiting to be buried. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return processStat(pid)?.[0] !== "Z";
}

/** When a process began, in the system's own count; undefined where that is not known. */
export function processBegan(pid: number): string | undefined {
  return processStat(pid)?.[19];
}

/** The fields of /proc/PID/stat from the third on (proc(5)); undefined where there is none. */
function processStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
