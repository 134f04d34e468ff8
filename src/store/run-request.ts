import type { Clock } from "../model/clock.ts";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import type { SkipRequests, StepSkip, WriteFence } from "../model/driver.ts";
import { type KubeObject, refOf } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";
import { type RequestAnswer, type RunRequest, requestOf } from "../model/request.ts";
import type { InstanceWriter } from "./instance-writer.ts";

/** Milliseconds that a look at the Instance may be old when a write begins. */
const FRESH_MS = 500;
/** Looks that one write waits for at most: a server whose answers take longer than that would else hold every write for ever. */
const LOOKS = 3;
/** Milliseconds between two looks while nothing is written: a watch may be silent without anybody knowing. */
const LOOK_EVERY_MS = 5000;
/** Milliseconds after a stop in which the run may still tidy up after itself: with those that hearing takes, fewer than two seconds. */
const TIDY_MS = 800;
/** Milliseconds that a look may take. */
const LOOK_WITHIN_MS = 5000;

/** Hears what other terminals ask of the driver of a run. */
export interface RequestEar extends SkipRequests {
  /** Aborts when somebody asked to pause or to cancel the run. */
  readonly stop: AbortSignal;
  /** Who asked that; of several, whoever asked to cancel. */
  stopper(): StopRequest | undefined;
  /** Takes in the Instance as an answer showed it that was asked for at `asked` (monotonic milliseconds) or later. */
  hear(instance: KubeObject, asked: number): void;
  /** To be awaited right before each write of the run. Throws a ClusterError when the run was told to stop, and when nobody can tell. */
  mayWrite(): Promise<void>;
  /** The same for taking away what only the run itself needed: that may begin for a moment after the run was told to stop. */
  mayTidy(): Promise<void>;
  /** Stops listening. */
  close(): void;
}

/** A request that ends the driving. */
export type StopRequest = RunRequest & { readonly act: "pause" | "cancel" };

/** What listening needs. */
export interface EarInputs {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly lease: WriteFence;
  readonly instance: InstanceWriter;
  /** uid and number of the run that is driven. */
  readonly run: { readonly uid: string; readonly number: number };
  /** Why a request about this run is not granted, or undefined when it is. */
  readonly refuse: (request: RunRequest) => string | undefined;
  /** Hears of what is asked, once each. */
  readonly tell: (message: string) => void;
}

/**
 * Listens to the annotation `kplan.dev/request` of an Instance while its run is driven, in three ways: by a watch; by the answers to the driver's own writes of the
 * Instance; and by a look before each write whose last news of the Instance is older than half a second, so that no write begins later, be the watch as silent as it may.
 * Each request is answered on the Instance, and taken off.
 */
export function hearRequests(inputs: EarInputs): RequestEar {
  const { cluster, clock, lease, instance } = inputs;
  const ref = refOf(instance.current());
  const { uid } = instance.current().metadata;
  const stop = new AbortController();
  const closing = new AbortController();
  const answers = new Map<string, RequestAnswer>();
  const answering = new Set<string>();
  /** When an answer was stored, by the id of its request. */
  const given = new Map<string, number>();
  const malformed = new Set<string>();
  const skips: StepSkip[] = [];
  const listeners = new Set<(skip: StepSkip) => void>();
  let stopper: StopRequest | undefined;
  let stoppedAt = Number.POSITIVE_INFINITY;
  let heardAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const signal = AbortSignal.any([closing.signal, lease.lost]);
  void watchIt();
  void lookNowAndThen();
  hear(instance.current(), Number.NEGATIVE_INFINITY);

  return {
    stop: stop.signal,
    stopper: () => stopper,
    hear,
    async mayWrite() {
      for (let looks = 0; looks < LOOKS && !isFresh(); looks++) {
        if (stop.signal.aborted) break;
        await look();
      }
      if (stop.signal.aborted) throw new ClusterError("other", "told to stop");
    },
    async mayTidy() {
      await Promise.resolve();
      if (clock.monotonic() - stoppedAt > TIDY_MS) throw new ClusterError("other", "told to stop");
    },
    listen(onSkip) {
      listeners.add(onSkip);
      for (const skip of skips) onSkip(skip);
      return () => listeners.delete(onSkip);
    },
    close: () => closing.abort(),
  };

  function isFresh(): boolean {
    return clock.monotonic() - heardAt <= FRESH_MS;
  }

  function hear(seen: KubeObject, asked: number): void {
    if (seen.metadata.uid !== uid || closing.signal.aborted) return;
    heardAt = Math.max(heardAt, asked);
    const request = requestOf(seen);
    if (request === undefined) return;
    if (typeof request === "string") {
      tellMalformed(seen, request);
      return;
    }
    if (!answers.has(request.id)) answers.set(request.id, judged(request));
    // A watch may show late what is answered already; whoever saw no answer, because another came over it, asks again under the same id.
    const before = given.get(request.id);
    if (before === undefined || asked > before) void answer(request.id);
  }

  function tellMalformed(seen: KubeObject, why: string): void {
    const text = seen.metadata.annotations?.[ANNOTATION.request] ?? "";
    if (malformed.has(text)) return;
    malformed.add(text);
    inputs.tell(`a request on Instance ${ref.name} is ignored: ${why}`);
  }

  function judged(request: RunRequest): RequestAnswer {
    const { id, by } = request;
    const at = clock.now().toISOString();
    const why = refusal(request);
    const what = request.act === "skip" ? `skip ${request.step}` : `${request.act} the run`;
    if (why !== undefined) {
      inputs.tell(`${by} asked to ${what}, which was refused: ${why}`);
      return { id, at, accepted: false, message: why };
    }
    inputs.tell(`${by} asked to ${what}`);
    if (request.act === "skip") skip(request);
    // Whoever asks to cancel what is being cancelled gets what he asks for.
    else if (stopper?.act !== "cancel") {
      stopper = { ...request, act: request.act };
      if (!stop.signal.aborted) stoppedAt = clock.monotonic();
      stop.abort();
    }
    return { id, at, accepted: true, message: "" };
  }

  function refusal(request: RunRequest): string | undefined {
    if (request.run !== inputs.run.uid)
      return `it is about another run than run ${inputs.run.number}, which is driven now`;
    if (stopper?.act === "cancel" && request.act !== "cancel")
      return `run ${inputs.run.number} is being cancelled`;
    if (stopper !== undefined && request.act !== "cancel")
      return `run ${inputs.run.number} is being paused`;
    return inputs.refuse(request);
  }

  function skip({ step: path, by }: RunRequest & { readonly act: "skip" }): void {
    const [plan = "", phase = "", step = ""] = path.split(".");
    const asked = { plan, phase, step, message: skippedBy(by) };
    skips.push(asked);
    for (const listener of [...listeners]) listener(asked);
  }

  async function answer(id: string): Promise<void> {
    const said = answers.get(id);
    if (answering.has(id) || said === undefined) return;
    answering.add(id);
    try {
      lease.check();
      const asked = clock.monotonic();
      const seen = await instance.patch((current) => answerPatch(current, said));
      given.set(id, clock.monotonic());
      hear(seen, asked);
    } catch {
      // Whoever asked goes by the run's record meanwhile; it is given again when the request is seen again.
    } finally {
      answering.delete(id);
    }
  }

  async function watchIt(): Promise<void> {
    try {
      for await (const event of cluster.watch(ref, { signal })) {
        const seen =
          event.type === "listed" ? event.items : "object" in event ? [event.object] : [];
        // What a watch tells is of an unknown age.
        for (const one of seen) hear(one, Number.NEGATIVE_INFINITY);
      }
    } catch {
      // It may not be watched: looks tell it.
    }
  }

  async function lookNowAndThen(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
      const age = clock.monotonic() - heardAt;
      if (age >= LOOK_EVERY_MS && !signal.aborted) await look().catch(() => undefined);
    }
  }

  /** One look, however many want one. */
  async function look(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    await looking;
  }

  async function lookOnce(): Promise<void> {
    const asked = clock.monotonic();
    const seen = await cluster.get(ref, { deadline: LOOK_WITHIN_MS, signal });
    // Without an Instance there is nobody left to ask anything.
    if (seen === undefined || seen.metadata.uid !== uid) heardAt = asked;
    else hear(seen, asked);
  }
}

/** What the status of a skipped step says. */
export function skippedBy(by: string): string {
  return `${SKIPPED}${by}; what it had written stays`;
}

/** Whether the message of a step says that somebody skipped it. */
export function isSkip(message: string | undefined): boolean {
  return message?.startsWith(SKIPPED) ?? false;
}

const SKIPPED = "skipped: asked for by ";

/** Takes the request off, unless it is a later one by now. */
function answerPatch(current: KubeObject, answer: RequestAnswer): Record<string, unknown> {
  const request = requestOf(current);
  const isIt = typeof request === "object" && request.id === answer.id;
  return {
    metadata: {
      annotations: {
        ...(isIt && { [ANNOTATION.request]: null }),
        [ANNOTATION.requestAnswer]: JSON.stringify(answer),
      },
    },
  };
}
