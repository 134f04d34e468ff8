import {
  ClusterError,
  type ListQuery,
  type ObjectList,
  type Resource,
  type WatchEvent,
} from "../model/cluster.ts";
import { refOf, refText } from "../model/kube-object.ts";
import { type Api, about, callError } from "./api.ts";
import { type Answer, ExchangeFailure, type OpenAnswer } from "./http/exchange.ts";
import { linesOf } from "./http/line-stream.ts";
import { pause } from "./http/pause.ts";
import { backOff, retryAfter } from "./http/retry.ts";
import { readWatchMessage } from "./http/watch-message.ts";
import { collectionPath, query } from "./paths.ts";
import { listObjects, selectorsOf } from "./read-objects.ts";

/** How long a watch waits for what, in milliseconds. */
export interface WatchTiming {
  /** A watch asks the server to end it after a random time between these. */
  readonly life: readonly [number, number];
  /** Silence that is too long once the server has shown that it sends bookmarks (kube-apiserver: one a minute). */
  readonly silence: number;
  /** A connection that lived shorter than this counts as a failure. */
  readonly shortLife: number;
  /** First and longest wait between failures. */
  readonly backOff: readonly [number, number];
  /** Between lists where watching is forbidden. */
  readonly poll: number;
}

/** Timing against real servers. */
export const WATCH_TIMING: WatchTiming = {
  life: [240_000, 300_000],
  silence: 90_000,
  shortLife: 5_000,
  backOff: [200, 10_000],
  poll: 3_000,
};

/** Errors in a row after which the objects are listed anew. */
const ERRORS_TO_RELIST = 3;

/** How one connection ended. */
type End =
  | { readonly why: "closed" }
  | { readonly why: "gone" }
  | { readonly why: "refused"; readonly reason: string }
  | { readonly why: "error"; readonly wait: number };

/** `Cluster.watch`. */
export async function* watchObjects(
  api: Api,
  what: ListQuery,
  until: AbortSignal,
  timing: WatchTiming = WATCH_TIMING,
): AsyncGenerator<WatchEvent, void, undefined> {
  const signal = AbortSignal.any([until, api.transport.closed]);
  let failures = 0;
  const wait = (): Promise<boolean> => {
    failures += 1;
    return pauseUnlessAborted(
      api,
      backOff(failures, timing.backOff[0], timing.backOff[1], api.random),
      signal,
    );
  };
  try {
    const resource = await api.discovery.resourceOf(what.apiVersion, what.kind);
    while (!signal.aborted) {
      const list = await tryList(api, what, signal);
      if (list === undefined) {
        await wait();
        continue;
      }
      yield { type: "listed", items: list.items };
      let version = list.resourceVersion;
      let errors = 0;
      for (;;) {
        const began = api.clock.monotonic();
        const position = { version };
        const end = yield* connection(api, { what, resource, position, timing, signal });
        version = position.version;
        if (signal.aborted) return;
        const long = api.clock.monotonic() - began >= timing.shortLife;
        if (long) failures = 0;
        errors = end.why === "error" ? errors + 1 : 0;
        if (end.why === "refused") {
          yield { type: "polling", reason: end.reason };
          return yield* poll(api, what, list, signal, timing);
        }
        if (end.why === "error" && end.wait > 0) await pauseUnlessAborted(api, end.wait, signal);
        if (!(long && end.why !== "error")) await wait();
        if (signal.aborted) return;
        if (end.why === "gone" || errors >= ERRORS_TO_RELIST) break;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Follows one connection; moves `position.version` on with each event, so that the next one can go on from there. */
async function* connection(
  api: Api,
  about_: {
    readonly what: ListQuery;
    readonly resource: Resource;
    readonly position: { version: string };
    readonly timing: WatchTiming;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<WatchEvent, End, undefined> {
  const { what, resource, position, timing, signal } = about_;
  const [least, most] = timing.life;
  const life = least + (most - least) * api.random();
  const path = `${collectionPath(resource, what.namespace)}${query({
    ...selectorsOf(what),
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: position.version,
    timeoutSeconds: Math.max(1, Math.round(life / 1000)),
  })}`;
  try {
    const answer = await api.transport.open(path, { signal });
    if (answer.status !== 200) return await refusal(api, what, answer);
    answer.setSilence(life + 10_000);
    for await (const lines of linesOf(answer.chunks)) {
      for (const line of lines) {
        const message = readWatchMessage(line);
        if (message.type === "error")
          return message.gone ? { why: "gone" } : { why: "error", wait: 0 };
        position.version = message.version || position.version;
        if (message.type === "bookmark") answer.setSilence(timing.silence);
        else {
          const { type, object } = message;
          api.transport.trace(`WATCH ${type.toUpperCase()} ${refText(refOf(object))}`);
          yield { type, object };
        }
      }
    }
    return { why: "closed" };
  } catch (error) {
    if (error instanceof ExchangeFailure) return { why: "error", wait: 0 };
    throw error;
  }
}

/** What to do about a watch that the server did not begin. Throws what cannot mend itself. */
async function refusal(api: Api, what: ListQuery, open: OpenAnswer): Promise<End> {
  const chunks: Buffer[] = [];
  for await (const chunk of open.chunks) chunks.push(chunk);
  const answer: Answer = {
    status: open.status,
    headers: open.headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
  const error = await callError(api, answer, about(api, "watch", what));
  switch (answer.status) {
    case 403:
    case 405:
      return { why: "refused", reason: error.message };
    case 410:
      return { why: "gone" };
    case 401:
      throw error;
    default:
      return { why: "error", wait: retryAfter(answer, api.clock.now().getTime()) ?? 0 };
  }
}

async function* poll(
  api: Api,
  what: ListQuery,
  first: ObjectList,
  signal: AbortSignal,
  timing: WatchTiming,
): AsyncGenerator<WatchEvent, void, undefined> {
  let before = versionsOf(first);
  while (await pauseUnlessAborted(api, timing.poll * (0.75 + api.random() / 2), signal)) {
    const list = await tryList(api, what, signal);
    if (list === undefined) continue;
    const now = versionsOf(list);
    if (now !== before) yield { type: "listed", items: list.items };
    before = now;
  }
}

function versionsOf(list: ObjectList): string {
  return list.items.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).join("\n");
}

/** The list, or undefined when it failed in a way that may mend itself. */
async function tryList(
  api: Api,
  what: ListQuery,
  signal: AbortSignal,
): Promise<ObjectList | undefined> {
  try {
    return await listObjects(api, what, { signal });
  } catch (error) {
    if (error instanceof ClusterError && error.transient) return undefined;
    throw error;
  }
}

/** False when the signal aborted meanwhile. */
async function pauseUnlessAborted(
  { clock }: Api,
  milliseconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await pause(clock, milliseconds, signal);
    return true;
  } catch {
    return false;
  }
}
