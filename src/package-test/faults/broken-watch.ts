import { ExchangeFailure, type OpenAnswer } from "../../cluster/http/exchange.ts";
import type { Clock } from "../../model/clock.ts";
import type { FaultKind } from "./fault.ts";

/** The stream of a watch, with something wrong. Its messages come one line a chunk. */
export function brokenWatch(
  answer: OpenAnswer,
  kind: FaultKind,
  by: { readonly clock: Clock; readonly silence: number; readonly signal: AbortSignal },
): OpenAnswer {
  let silence = by.silence;
  const quiet = async (): Promise<never> => {
    await by.clock.sleep(silence, by.signal);
    throw new ExchangeFailure("sent", `no byte for ${silence / 1000} s`, { timedOut: true });
  };
  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* broken();
    } finally {
      await answer.chunks.return();
    }
  }
  async function* broken(): AsyncGenerator<Buffer, void, undefined> {
    switch (kind) {
      case "watch-closed":
        return;
      case "watch-silent":
        return await quiet();
      case "watch-gone":
        yield message("ERROR", GONE);
        return;
      case "watch-dropped":
        for await (const line of answer.chunks) {
          yield line.subarray(0, line.length / 2);
          throw new ExchangeFailure("sent", "the connection broke");
        }
        return;
      case "watch-twice":
        for await (const line of answer.chunks) {
          yield line;
          yield line;
        }
        return;
      case "watch-bookmarks":
        for await (const line of answer.chunks) {
          const version = versionOf(line);
          if (version === undefined) continue;
          // What was seen is said to be no more than what was known: the next connection goes on from there.
          yield message("BOOKMARK", { metadata: { resourceVersion: String(version - 1) } });
          return;
        }
        return;
      case "watch-reordered":
        return yield* reordered(answer.chunks, by);
      default:
        return yield* answer.chunks;
    }
  }
  return {
    status: answer.status,
    headers: answer.headers,
    chunks: chunks(),
    setSilence(milliseconds) {
      silence = milliseconds;
      answer.setSilence(milliseconds);
    },
  };
}

/** Of two events about different objects that come within a second, the later one first. */
async function* reordered(
  chunks: OpenAnswer["chunks"],
  by: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<Buffer, void, undefined> {
  let next = chunks.next();
  for (;;) {
    const first = await next;
    if (first.done) return;
    next = chunks.next();
    const off = new AbortController();
    const soon = await Promise.race([
      next,
      by.clock.sleep(1000, off.signal).then(
        () => undefined,
        () => undefined,
      ),
    ]);
    off.abort();
    if (soon === undefined || soon.done || sameObject(first.value, soon.value)) {
      yield first.value;
      continue;
    }
    yield soon.value;
    yield first.value;
    next = chunks.next();
  }
}

function sameObject(one: Buffer, two: Buffer): boolean {
  const [a, b] = [one, two].map((line) => read(line)?.object?.metadata?.uid);
  return a === b;
}

function versionOf(line: Buffer): number | undefined {
  const version = Number(read(line)?.object?.metadata?.resourceVersion);
  return Number.isNaN(version) ? undefined : version;
}

interface WatchLine {
  readonly object?: {
    readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string };
  };
}

function read(line: Buffer): WatchLine | undefined {
  try {
    return JSON.parse(line.toString("utf8")) as WatchLine;
  } catch {
    return undefined;
  }
}

function message(type: string, object: object): Buffer {
  return Buffer.from(`${JSON.stringify({ type, object })}\n`);
}

const GONE = {
  kind: "Status",
  apiVersion: "v1",
  status: "Failure",
  reason: "Expired",
  message: "too old resource version",
  code: 410,
};
