import pLimit from "p-limit";
import type { Json } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { refKey } from "../model/kube-object.ts";
import type { Dialect } from "../model/package.ts";
import type { Step } from "../model/plan.ts";
import type { Intent, RunInputs, RunPath } from "../model/run.ts";
import type { Children } from "./children/children.ts";
import type { EngineDeps } from "./engine-deps.ts";
import type { OpenMeters } from "./meter/meter-session.ts";
import { createFinishedJobs, type FinishedJobs } from "./objects/finished-jobs.ts";
import type { TaskPath } from "./objects/materialize.ts";
import type { WatchHub } from "./objects/watch-hub.ts";
import type { Watchdog } from "./objects/watchdog.ts";
import { createPreviewCache, type PreviewCache } from "./preview/preview-cache.ts";
import { Halted } from "./steps/task-stop.ts";

/** What whoever writes to the cluster or waits for it needs. */
export interface Driving
  extends Pick<EngineDeps, "cluster" | "clock" | "emit" | "fence" | "limits"> {
  /** Whose rules say when an object is as it should be; the native ones when absent. */
  readonly dialect?: Dialect;
  readonly hub: WatchHub;
  /** Aborted: no new write begins and nothing is waited for any more. */
  readonly halt: AbortSignal;
  /** Nodes that somebody declared lost. */
  readonly lostNodes?: readonly string[];
}

/** What the tasks of a run share. */
export interface RunContext extends Driving {
  /** `facts` of it are those that are known now. */
  readonly inputs: RunInputs;
  /** The same facts; `keepFact` adds to them. */
  readonly facts: Record<string, Json>;
  readonly recorder: EngineDeps["recorder"];
  readonly forceConflicts: boolean;
  readonly takeBack?: boolean;
  /** What the dry run found; an entry is used up by the write that it allowed. */
  readonly checked: PreviewCache;
  /** What was told of objects that are applied otherwise than the package says. */
  readonly told: Set<string>;
  /** Jobs that have done their work. */
  readonly finishedJobs: FinishedJobs;
  /** `refKey` of all that is in the inventory. */
  readonly inventory: Set<string>;
  /** Bounds requests that are sent at the same time. */
  readonly requests: Limit;
  readonly openMeters: OpenMeters;
  readonly children?: Children;
  /** Whether the CustomResourceDefinitions that this run applies keep a kind in namespaces, by `group/kind`. */
  readonly definedKinds: ReadonlyMap<string, boolean>;
}

/** What waits and writes for one place of a run. */
export interface Acting extends Driving {
  readonly path: RunPath;
  readonly watchdog: Watchdog;
  /** Hears of a Job that has done its work. */
  readonly finished?: (job: KubeObject) => void;
  /** To be called after each answered write: the step is not in trouble (any more). */
  readonly progress: () => void;
  /** Hears that the cluster was asked for all that the task wants, or that this is being tried again: what is left is to wait. */
  readonly placed?: () => void;
}

/** What one task of a step is given. */
export interface TaskContext extends RunContext, Acting {
  readonly path: TaskPath;
  /** The step that the task belongs to. */
  readonly step: Step;
  readonly shared: StepShared;
  /** Puts on record what the task is about to write, unless that is on record already; to be awaited before the first write. */
  readonly announce: (
    act: Intent["act"],
    objects: readonly ObjectRef[],
    record?: ObjectRef,
  ) => Promise<void>;
}

/** What the tasks of a step know of each other. */
export interface StepShared {
  /** StatefulSets that the step has applied, as the server last answered, by `refKey`. */
  readonly sets: Map<string, KubeObject>;
  /** Tasks that were skipped. */
  readonly skipped: Set<string>;
  readonly gate: GateMemory;
}

/** What is known of a step's gate from earlier looks. */
export interface GateMemory {
  /** The cluster is simulated and has no answers: it is not asked again. */
  notEvaluated: boolean;
  /** State and sentence that were told last. */
  told: string | undefined;
  /** What the last look saw. */
  signs: string | undefined;
}

/** What a step knows when it begins: nothing. */
export function createStepShared(): StepShared {
  return {
    sets: new Map(),
    skipped: new Set(),
    gate: { notEvaluated: false, told: undefined, signs: undefined },
  };
}

/** Runs functions, so many at a time. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** A limit of `count` at the same time. */
export function createLimit(count: number): Limit {
  const limit = pLimit(Math.max(1, count));
  return (work) => limit(work);
}

/** The context of a run. */
export function createRunContext(
  inputs: RunInputs,
  deps: EngineDeps,
  parts: Pick<RunContext, "hub" | "halt" | "definedKinds"> & { readonly told?: readonly string[] },
): RunContext {
  const { cluster, clock, emit, fence, limits, recorder, forceConflicts, preview } = deps;
  const facts = { ...inputs.facts };
  return {
    ...{ cluster, clock, emit, fence, limits, recorder, forceConflicts, facts },
    inputs: { ...inputs, facts },
    dialect: inputs.pkg.dialect,
    ...(inputs.lostNodes && { lostNodes: inputs.lostNodes }),
    ...(deps.takeBack && { takeBack: true }),
    ...(deps.children && { children: deps.children }),
    ...parts,
    told: new Set(parts.told),
    checked: preview ?? createPreviewCache(),
    inventory: new Set(inputs.inventory.map(({ ref }) => refKey(ref))),
    finishedJobs: createFinishedJobs(inputs.finished),
    requests: createLimit(limits.concurrency),
    openMeters: new Map(),
  };
}

/** To be called right before each write. Throws when the run was told to stop, or the lease is no longer ours. */
export function mayWrite({ halt, fence }: Pick<Driving, "halt" | "fence">): void {
  if (halt.aborted) throw new Halted("told to stop");
  fence.check();
}

/** Options of every call of a run: it ends at once when the lease is lost. */
export function callOptions({ fence }: Pick<Driving, "fence">): { readonly signal: AbortSignal } {
  return { signal: fence.lost };
}

/** `StatefulSet galera, Service galera-hs and 3 more`. */
export function refsText(refs: readonly ObjectRef[]): string {
  const names = refs.map(({ kind, name }) => `${kind} ${name}`);
  if (names.length <= 3) return names.join(", ");
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
