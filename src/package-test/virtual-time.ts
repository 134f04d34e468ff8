import { setMaxListeners } from "node:events";
import type { Clock } from "../model/clock.ts";
import { realClock } from "../model/real-clock.ts";

/** Time that passes when nothing is left to do: hours go by in no time, and in the same order every time. */
export interface VirtualTime {
  /** Milliseconds that have passed. */
  readonly now: number;
  /** Somebody's clock: it shows the time since 1970 as `wall` makes it from what has passed, and can be taken away from him. */
  clock(wall: (elapsed: number) => number): OwnedClock;
  /**
   * Lets time pass until something is so: `done`, or until nothing is planned any more (`idle`), or until so many milliseconds have passed (`late`).
   * Only one may be under way. While `waits` says no, somebody does what takes real time and no time passes, for ten real seconds at most.
   */
  until(
    done: () => boolean,
    atMost?: number,
    waits?: () => boolean,
  ): Promise<"done" | "idle" | "late">;
}

/** A clock whose owner can be stopped dead. */
export interface OwnedClock extends Clock {
  /** Nobody who sleeps by it ever wakes, nor will who lies down later. */
  stop(): void;
  /** Whether anybody sleeps by it. */
  sleeps(): boolean;
}

/** Somebody who sleeps. */
interface Sleeper {
  readonly at: number;
  /** Tells who lay down first of those who wake at the same time. */
  readonly order: number;
  /** Empty once it was called off. */
  wake: (() => void) | undefined;
}

/** Time, of which so many milliseconds have passed already. `before` is called before anybody acts, `after` when nobody does any more. */
export function virtualTime(
  begin: number,
  hooks: { readonly before: () => void; readonly after: () => void },
): VirtualTime {
  const heap = sleeperHeap();
  let now = begin;
  let order = 0;
  let under = false;

  const clock = (wall: (elapsed: number) => number): OwnedClock => {
    const mine = new Set<Sleeper>();
    let stopped = false;
    return {
      now: () => new Date(wall(now)),
      monotonic: () => now,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (stopped) return;
          if (signal?.aborted) return reject(signal.reason);
          const sleeper: Sleeper = {
            at: now + Math.max(0, ms),
            order: order++,
            wake: () => {
              mine.delete(sleeper);
              signal?.removeEventListener("abort", off);
              resolve();
            },
          };
          const off = (): void => {
            mine.delete(sleeper);
            sleeper.wake = undefined;
            if (!stopped) reject(signal?.reason);
          };
          if (signal) setMaxListeners(0, signal);
          signal?.addEventListener("abort", off, { once: true });
          mine.add(sleeper);
          heap.push(sleeper);
        }),
      after: (ms, act) => {
        if (stopped) return () => {};
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          order: order++,
          wake: () => {
            mine.delete(sleeper);
            act();
          },
        };
        mine.add(sleeper);
        heap.push(sleeper);
        return () => {
          mine.delete(sleeper);
          sleeper.wake = undefined;
        };
      },
      stop: () => {
        stopped = true;
        for (const sleeper of mine) sleeper.wake = undefined;
        mine.clear();
      },
      sleeps: () => mine.size > 0,
    };
  };

  return {
    get now() {
      return now;
    },
    clock,
    async until(done, atMost = Number.POSITIVE_INFINITY, waits = () => true) {
      if (under) throw new Error("time passes already");
      under = true;
      const end = now + atMost;
      hooks.before();
      try {
        for (;;) {
          await settled();
          if (!done() && !waits()) await realWork(() => done() || waits());
          if (done()) return "done";
          const next = heap.pop();
          if (next === undefined) {
            // What was asked for may come to nothing, but its time passes.
            if (atMost === Number.POSITIVE_INFINITY) return "idle";
            now = end;
            return "late";
          }
          if (next.at > end) {
            heap.push(next);
            now = end;
            return "late";
          }
          now = next.at;
          hooks.before();
          next.wake?.();
        }
      } finally {
        under = false;
        hooks.after();
      }
    },
  };
}

/** Real milliseconds for which work is waited for that node does not tell of: loading a module under a test runner. */
const PATIENCE = 10_000;

async function realWork(over: () => boolean): Promise<void> {
  for (let waited = 0; waited < PATIENCE && !over(); waited++) {
    await realClock.sleep(1);
    await settled();
  }
}

/** Requests of node that take real time: reading files and loading modules. All else here goes by microtasks. */
const REAL_WORK = /^(FSReq|CloseReq|FileHandle)/;

/** Resolves when all that can go on without time passing has gone on. */
async function settled(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (process.getActiveResourcesInfo().some((name) => REAL_WORK.test(name)));
}

/** Sleepers by when they wake; those who were called off never come out. */
function sleeperHeap(): { push(sleeper: Sleeper): void; pop(): Sleeper | undefined } {
  const heap: Sleeper[] = [];
  const at = (index: number): Sleeper => heap[index] as Sleeper;
  const before = (a: Sleeper, b: Sleeper): boolean =>
    a.at < b.at || (a.at === b.at && a.order < b.order);
  const swap = (a: number, b: number): void => {
    const kept = at(a);
    heap[a] = at(b);
    heap[b] = kept;
  };
  const take = (): Sleeper | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let index = 0; ; ) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      if (left < heap.length && before(at(left), at(least))) least = left;
      if (right < heap.length && before(at(right), at(least))) least = right;
      if (least === index) return first;
      swap(index, least);
      index = least;
    }
  };
  return {
    push(sleeper) {
      heap.push(sleeper);
      for (let index = heap.length - 1; index > 0; ) {
        const parent = (index - 1) >> 1;
        if (!before(at(index), at(parent))) return;
        swap(index, parent);
        index = parent;
      }
    },
    pop() {
      for (;;) {
        const next = take();
        if (next === undefined || next.wake !== undefined) return next;
      }
    },
  };
}
