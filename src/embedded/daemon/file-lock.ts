import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { KplanError } from "../../model/kplan-error.ts";
import { isAlive } from "./daemon-files.ts";

/** How long to wait for another process that holds a lock, in milliseconds. */
const PATIENCE = 20_000;

/**
 * Runs `act` while no other process does under the same lock file. A lock whose process is gone is taken over.
 * Throws a KplanError when another process holds it for too long.
 */
export async function withFileLock<T>(path: string, act: () => Promise<T>): Promise<T> {
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, String(process.pid), { mode: 0o600 });
  try {
    await take(own, path);
    try {
      return await act();
    } finally {
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** A hard link is made or not made; it appears with its content. */
async function take(own: string, path: string): Promise<void> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      linkSync(own, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = holderOf(path);
    if (holder !== undefined && !isAlive(holder)) breakLock(path, holder);
    else if (Date.now() > end)
      throw new KplanError(
        "embedded-locked",
        `another process (pid ${holder}) is starting or stopping the embedded cluster`,
        { hint: `if it is not, remove ${path}` },
      );
    else await sleep(15);
  }
}

/** Takes a dead process's lock away; puts it back when another process was quicker and it is theirs by now. */
function breakLock(path: string, dead: number): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (holderOf(aside) !== dead) linkSync(aside, path);
    rmSync(aside, { force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  }
}

function holderOf(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
