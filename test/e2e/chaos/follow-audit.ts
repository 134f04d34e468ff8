import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AuditEvent, readAuditEvent } from "../../support/audit/audit-event.ts";
import { TESTBED_RUN } from "../testbed.ts";

/** The API server's audit log; the testbed's, unless another is named. */
const LOG = process.env.KPLAN_AUDIT_LOG ?? join(TESTBED_RUN, "log/audit.log");

/** What the audit log tells from now on. */
export interface FollowedAudit {
  /** All that has been answered in a namespace by now. */
  readonly events: (namespace: string) => Promise<readonly AuditEvent[]>;
}

/** Follows the audit log from its end on, over its rotations. Only what is asked of objects in namespaces that begin with `prefix` is kept. */
export function followAudit(prefix: string): FollowedAudit {
  const kept: AuditEvent[] = [];
  let { ino, size: offset } = statSync(LOG);
  let rest = "";

  const take = (text: string): void => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.includes(`"namespace":"${prefix}`)) continue;
      const event = readAuditEvent(line);
      if (event !== undefined) kept.push(event);
    }
  };
  const read = (): void => {
    const now = statSync(LOG);
    if (now.ino !== ino) {
      const before = rotated(ino);
      if (before !== undefined) take(textFrom(before, offset));
      ({ ino } = now);
      offset = 0;
    }
    const text = textFrom(LOG, offset);
    offset += Buffer.byteLength(text);
    take(text);
  };
  return {
    async events(namespace) {
      // What was answered a moment ago is written a moment later.
      await sleep(500);
      read();
      return kept.filter((event) => event.namespace === namespace);
    },
  };
}

/** The file that the log with this inode was renamed to. */
function rotated(ino: number): string | undefined {
  const folder = dirname(LOG);
  const stem = basename(LOG, ".log");
  const names = readdirSync(folder).filter((name) => name.startsWith(`${stem}-`));
  return names.map((name) => join(folder, name)).find((path) => statSync(path).ino === ino);
}

/** The whole lines of a file from a byte on, in pieces that fit into memory. */
function textFrom(path: string, offset: number): string {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(Math.max(0, statSync(path).size - offset));
    let filled = 0;
    while (filled < buffer.length) {
      const count = readSync(file, buffer, filled, buffer.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    const text = buffer.subarray(0, filled).toString();
    return text.slice(0, text.lastIndexOf("\n") + 1);
  } finally {
    closeSync(file);
  }
}
