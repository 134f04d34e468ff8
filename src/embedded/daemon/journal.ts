import {
  closeSync,
  fdatasync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { KplanError } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";

const sync = promisify(fdatasync);

/** One write: the object as stored, or none when it was removed. */
export interface JournalRecord {
  readonly version: number;
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly object?: KubeObject;
}

/**
 * The append-only log under a store. One line is one group of writes that reach the disk together: eight hex digits of a
 * CRC-32, a space, a JSON list of records. A line that a crash tore off is the last one and was never acknowledged; it is
 * cut away. When most of the file is history, it is replaced by one that holds only what lives.
 */
export interface Journal {
  /** What the file held when it was opened, oldest first. */
  readonly recovered: readonly JournalRecord[];
  append(record: JournalRecord): void;
  /** Resolves when all that was appended is on disk; `live` answers all living records, for compaction. */
  flush(live: () => JournalRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** Rewritten when larger than this and twice what lives, in bytes. */
const COMPACT_BYTES = 8 << 20;

/**
 * Opens (or makes) the journal of a data folder. Throws a KplanError when a line before the last one is damaged.
 */
export function openJournal(dataDir: string, compactBytes: number = COMPACT_BYTES): Journal {
  const path = join(dataDir, "journal");
  const { records, bytes, torn } = readJournal(path);
  if (torn) truncateSync(path, bytes);
  let file = openSync(path, "a", 0o600);
  syncFolder(dataDir);
  let size = bytes;
  let compactAt = compactBytes;
  let pending: JournalRecord[] = [];
  let flushing: Promise<void> = Promise.resolve();

  const write = async (live: () => JournalRecord[]): Promise<void> => {
    const batch = pending;
    if (batch.length === 0) return;
    pending = [];
    const line = encode(batch);
    writeAll(file, line);
    size += line.length;
    await sync(file);
    if (size < compactAt) return;
    closeSync(file);
    size = replace(path, live());
    compactAt = Math.max(compactBytes, size * 2);
    file = openSync(path, "a", 0o600);
  };
  return {
    recovered: records,
    append: (record) => {
      pending.push(record);
    },
    flush: (live) => {
      flushing = flushing.then(() => write(live));
      return flushing;
    },
    close: async () => {
      await flushing;
      if (pending.length > 0) {
        writeAll(file, encode(pending));
        fsyncSync(file);
      }
      closeSync(file);
    },
  };
}

function encode(batch: readonly JournalRecord[]): Buffer {
  const json = JSON.stringify(batch);
  return Buffer.from(`${crc32(json).toString(16).padStart(8, "0")} ${json}\n`);
}

/** Writes a new file beside the old one and puts it in its place. Answers its size. */
function replace(path: string, live: readonly JournalRecord[]): number {
  const next = `${path}.new`;
  const file = openSync(next, "w", 0o600);
  let size = 0;
  const ordered = [...live].sort((a, b) => a.version - b.version);
  for (let at = 0; at < ordered.length; at += 500) {
    const line = encode(ordered.slice(at, at + 500));
    writeAll(file, line);
    size += line.length;
  }
  fsyncSync(file);
  closeSync(file);
  renameSync(next, path);
  syncFolder(dirname(path));
  return size;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Makes a new or renamed entry of a folder survive a power cut. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}

function readJournal(path: string): { records: JournalRecord[]; bytes: number; torn: boolean } {
  const data = readOrEmpty(path);
  const records: JournalRecord[] = [];
  let start = 0;
  for (let number = 1; start < data.length; number++) {
    const end = data.indexOf(10, start);
    const batch = end < 0 ? undefined : decode(data.toString("utf8", start, end));
    if (!batch) {
      const rest = end < 0 ? -1 : data.indexOf(10, end + 1);
      if (rest >= 0) throw damaged(path, number);
      return { records, bytes: start, torn: true };
    }
    for (const record of batch) records.push(record);
    start = end + 1;
  }
  return { records, bytes: start, torn: false };
}

function decode(line: string): JournalRecord[] | undefined {
  const json = line.slice(9);
  if (Number.parseInt(line.slice(0, 8), 16) !== crc32(json)) return undefined;
  return JSON.parse(json) as JournalRecord[];
}

function readOrEmpty(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

function damaged(path: string, line: number): KplanError {
  return new KplanError(
    "embedded-data-damaged",
    `the embedded cluster's data is damaged: ${path}, line ${line}`,
    { hint: "kplan embedded reset" },
  );
}
