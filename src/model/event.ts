import type { Health } from "./health.ts";
import type { Json } from "./json.ts";
import type { ObjectRef } from "./kube-object.ts";
import type { MeterLine, MeterSummary } from "./meter.ts";
import type { Plan } from "./plan.ts";
import type { Preview, RunKind, RunOutcome, RunPath, RunReason } from "./run.ts";
import type { ExecutionStatus, PlanStatus } from "./status.ts";

/** Everything a run ever says. The live tree, plain lines, JSON lines and the run record are views of this one stream. */
export type RunEvent = {
  /** RFC 3339. */
  readonly at: string;
} & RunEventBody;

/** A `RunEvent` before it is given its time. */
export type RunEventBody =
  | {
      readonly type: "run-started";
      readonly run: {
        readonly uid: string;
        readonly number: number;
        readonly kind: RunKind;
        readonly instance: string;
        readonly namespace: string;
        readonly operatorVersion: string;
      };
      readonly plans: readonly Plan[];
      readonly statuses: readonly PlanStatus[];
      /** It goes on where an earlier driver stopped. */
      readonly resumed: boolean;
    }
  /** Another driver executes this very request; its progress is followed. */
  | { readonly type: "attached"; readonly holder: string }
  /** Nothing is done yet, and why: another driver's lease has to run out, or others are before this command in the queue. Told when the sentence changes. */
  | { readonly type: "waiting"; readonly message: string }
  /** The dry run before the first write begins, or has ended without a problem. */
  | { readonly type: "check-started"; readonly objects: number }
  | { readonly type: "check-finished"; readonly preview: Preview }
  /** A plan, phase or step has another status (which of them: the path says). */
  | {
      readonly type: "status";
      readonly path: RunPath;
      readonly status: ExecutionStatus;
      readonly message?: string;
      readonly reason?: RunReason;
    }
  /** A task begins; its intent is on record. */
  | {
      readonly type: "task-started";
      readonly path: RunPath;
      readonly objects: readonly ObjectRef[];
      readonly act: "apply" | "delete" | "exec";
    }
  /** A write was answered, or was found needless (`unchanged`, `absent`). */
  | {
      readonly type: "object-written";
      readonly path: RunPath;
      readonly ref: ObjectRef;
      readonly change: "created" | "configured" | "unchanged" | "deleted" | "absent";
    }
  /** The health of an object changed, in state or in sentence. */
  | {
      readonly type: "object-health";
      readonly path: RunPath;
      readonly ref: ObjectRef;
      readonly health: Health;
    }
  /** An Exec task found something out. */
  | { readonly type: "fact"; readonly path: RunPath; readonly task: string; readonly value: Json }
  /** What a gate shows now, told when it changes. `not-evaluated`: the cluster is simulated and no answers are known. */
  | {
      readonly type: "gate";
      readonly path: RunPath;
      readonly state: "waiting" | "holds" | "slow" | "not-evaluated";
      /** One sentence: which expectation, which pods. */
      readonly message: string;
    }
  /** A rollout makes its next change: `3 to 4 pods`, `restarting galera-2 (2 to go)`. */
  | {
      readonly type: "rollout";
      readonly path: RunPath;
      readonly ref: ObjectRef;
      readonly message: string;
    }
  /** What clients felt since the last of these (at most two a second) and in all. */
  | {
      readonly type: "meter";
      readonly path: RunPath;
      readonly last: MeterLine;
      readonly total: MeterSummary;
    }
  /** All of a task's objects are as they should be; or it was skipped, and why: `Params.TLS is false`. */
  | { readonly type: "task-finished"; readonly path: RunPath; readonly skipped?: string }
  /** Something went wrong that may mend itself; the step goes on. */
  | {
      readonly type: "retry";
      readonly path: RunPath;
      readonly message: string;
      readonly inMs: number;
    }
  /** The run of another package's instance tells something, which the task at `path` waits for; it may be of its own child in turn. Its warnings come as the run's own. */
  | {
      readonly type: "child";
      readonly path: RunPath;
      readonly instance: string;
      readonly event: RunEventBody;
    }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "run-finished"; readonly outcome: RunOutcome };

/** Takes an event; must not throw. The engine calls it in the order things happened. */
export type Emit = (event: RunEventBody) => void;
