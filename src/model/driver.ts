import type { Json } from "./json.ts";
import type { ObjectRef } from "./kube-object.ts";
import type { MeterSummary } from "./meter.ts";
import type { FinishedJob, Intent } from "./run.ts";

/** What the engine asks before each write: do we still hold the instance? Implemented by the lease. */
export interface WriteFence {
  /** Throws a KplanError `lease-lost` when less than a third of the lease is left, by the monotonic clock or by the server's. */
  check(): void;
  /** Awaited before a creation, which nothing fences at the server: renews the lease first where this process may have stood still. Throws as `check`. */
  confirm?(): Promise<void>;
  /** Larger than that of every earlier holder: an object that carries a larger one (annotation `kplan.dev/token`) is a later driver's. */
  readonly token?: number;
  /** Aborts when the lease is lost. */
  readonly lost: AbortSignal;
}

/** Where the engine's progress is kept. Implemented by the store. */
export interface RunRecorder {
  /** Resolves when the intent is stored; no write of the task may begin before. Objects are added to the inventory at the same time. */
  intent(intent: Intent): Promise<void>;
  /** The objects are gone for good: they leave the inventory with the next write. */
  removed(refs: readonly ObjectRef[]): void;
  /** The task's objects are in place: its intent goes with the next write. */
  done(intent: Pick<Intent, "path">): void;
  /** Resolves when the fact is stored: no later step may begin before. */
  fact(task: string, value: Json): Promise<void>;
  /** A Job has done its work: that goes with the next write. Whoever keeps no record leaves it out. */
  finished?(job: FinishedJob): void;
  /** What a meter found in a step (`plan.phase.step`) so far goes with the next write. */
  meter(step: string, summary: MeterSummary): void;
}

/** A step that is to be left out while the run goes on. */
export interface StepSkip {
  readonly plan: string;
  readonly phase: string;
  readonly step: string;
  /** Who asked for it, for the step's status. */
  readonly message: string;
}

/** Tells the engine of steps to skip. */
export interface SkipRequests {
  /** Calls back for each that was asked for, those before too. Returns how to stop listening. */
  listen(onSkip: (skip: StepSkip) => void): () => void;
}
