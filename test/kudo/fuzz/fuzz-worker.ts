import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { casesOf, type Subject } from "./fuzz-cases.ts";

// Plays cases in a thread of its own, so that one that hangs can be told by the thread that watches; scripts/fuzz-kudo.mjs starts it.

const { subject, first, count, progress } = workerData as {
  readonly subject: Subject;
  readonly first: number;
  readonly count: number;
  /** Which case is played now. */
  readonly progress: SharedArrayBuffer;
};
const now = new Int32Array(progress);
const touched: string[] = [];
const fates: Record<string, number> = {};
let slowest = { milliseconds: 0, seed: 0 };

// What is measured is what a case needs, not the leavings of thousands before it.
setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const play = await casesOf(subject);
forbidFiles();
for (let index = 0; index < count; index++) {
  Atomics.store(now, 0, index);
  if (index % 500 === 0) collect();
  const from = process.cpuUsage();
  let fate: string;
  try {
    fate = await play(first + index);
  } catch (error) {
    fate = "CRASHED";
    const stack = error instanceof Error ? error.stack : String(error);
    parentPort?.postMessage({ kind: "crash", seed: first + index, stack });
  }
  const { user, system } = process.cpuUsage(from);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, seed: first + index };
  fates[fate] = (fates[fate] ?? 0) + 1;
  // Told now and then, so that a run that somebody ends was not for nothing.
  if ((index + 1) % 10_000 === 0 && index + 1 < count)
    parentPort?.postMessage({ kind: "so far", fates, slowest });
  if (touched.length > 0)
    parentPort?.postMessage({ kind: "touched", seed: first + index, paths: touched.splice(0) });
}
parentPort?.postMessage({ kind: "done", fates, slowest });

/** No case has any business with a file: what is named in it lies in memory. Whatever is asked of the file system from here on is told, and refused. */
function forbidFiles(): void {
  for (const part of [fs, fs.promises] as unknown as Record<string, unknown>[])
    for (const [name, value] of Object.entries(part))
      if (typeof value === "function" && /^[a-z]/.test(name))
        part[name] = (path: unknown) => {
          touched.push(`${name} ${String(path)}`);
          throw new Error(`${name} of ${String(path)} while a package is read`);
        };
  syncBuiltinESMExports();
}
