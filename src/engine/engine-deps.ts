import type { Clock } from "../model/clock.ts";
import type { Cluster } from "../model/cluster.ts";
import type { RunRecorder, SkipRequests, WriteFence } from "../model/driver.ts";
import type { Emit } from "../model/event.ts";
import type { RunLimits } from "../model/run.ts";
import type { Children } from "./children/children.ts";
import type { PreviewCache } from "./preview/preview-cache.ts";

/** The world that a run acts on. */
export interface EngineDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly fence: WriteFence;
  readonly recorder: RunRecorder;
  readonly limits: RunLimits;
  /** Aborted: no new write begins, those under way are awaited, the outcome is `interrupted`. */
  readonly stop: AbortSignal;
  /** Steps that somebody asks to skip meanwhile. */
  readonly skips?: SkipRequests;
  /** Take fields from their other managers. */
  readonly forceConflicts: boolean;
  /** Take back the fields of what this instance has made, and only of that: what a fix is for. */
  readonly takeBack?: boolean;
  /** What a preview of this very run already read and asked; a cache of the run's own when absent. */
  readonly preview?: PreviewCache;
  /** Drives instances of other packages; absent where no package needs one. */
  readonly children?: Children;
}

/** What a preview needs of it. */
export interface PreviewDeps
  extends Pick<
    EngineDeps,
    "cluster" | "clock" | "limits" | "forceConflicts" | "takeBack" | "children"
  > {
  /** Filled with what was read; give it to `executeRun` to ask nothing twice. */
  readonly preview?: PreviewCache;
  /** Add a unified diff to every object that would change. */
  readonly wantDiffs?: boolean;
  /** Hears of requirements that cannot be judged because no container runs. */
  readonly warn?: (message: string) => void;
  /** Gives up. */
  readonly signal?: AbortSignal;
}
