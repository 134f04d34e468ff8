import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, type ObjectRef, refOf, refText } from "../../model/kube-object.ts";
import { LABEL } from "../../model/names.ts";
import type { EngineDeps } from "../engine-deps.ts";
import { Halted, TaskFailure } from "../steps/task-stop.ts";
import { deleteObjects } from "./delete-objects.ts";
import { keepTrying, leaseLost } from "./keep-trying.ts";
import { type InstanceName, otherOwner } from "./other-instance.ts";
import { createWatchHub } from "./watch-hub.ts";
import { createWatchdog } from "./watchdog.ts";

/** What removing needs. */
export type RemoveDeps = Pick<
  EngineDeps,
  "cluster" | "clock" | "emit" | "fence" | "recorder" | "limits" | "stop"
> & {
  /** What does not say that it is this instance's (somebody made it anew, or another instance took it over) is left, with a warning. */
  readonly instance?: InstanceName;
  /** Nodes that somebody declared lost: pods that hang on them are removed by force. */
  readonly lostNodes?: readonly string[];
};

/** How a removal ended. */
export interface RemoveResult {
  /** All are gone; false when `stop` came first. */
  readonly complete: boolean;
  /** Those that were there and are gone now. */
  readonly removed: readonly ObjectRef[];
}

/**
 * Deletes objects group by group (see `uninstallOrder`), each object by foreground deletion, and waits until a group is gone, its pods too, before the next.
 * Throws a KplanError `timed-out` that says what was waited for, `failed` for what cannot be deleted, `lease-lost`.
 */
export async function removeObjects(
  groups: readonly (readonly ObjectRef[])[],
  deps: RemoveDeps,
): Promise<RemoveResult> {
  const halting = new AbortController();
  const halt = AbortSignal.any([deps.stop, deps.fence.lost, halting.signal]);
  const hub = createWatchHub(deps.cluster, deps.emit);
  const removed: ObjectRef[] = [];
  const before = (): Promise<void> => Promise.resolve();
  const ours = (live: KubeObject): boolean => isOurs(live, deps);
  try {
    for (const group of groups) {
      const watchdog = createWatchdog(deps.clock, deps.limits);
      const path = { plan: "uninstall" };
      const ctx = { ...deps, hub, halt, path, watchdog, progress: () => undefined };
      const work = async (): Promise<void> => {
        removed.push(...(await deleteObjects(group, ctx, { before, ours })));
        deps.recorder.removed(group);
      };
      await keepTrying({ ...ctx, definedKinds: new Map() }, work, () => undefined);
    }
    return { complete: true, removed };
  } catch (error) {
    if (deps.fence.lost.aborted) throw leaseLost(deps.fence.lost, error);
    if (error instanceof Halted) return { complete: false, removed };
    throw error instanceof TaskFailure ? asKplanError(error) : error;
  } finally {
    hub.close();
  }
}

function isOurs(live: KubeObject, { instance, emit }: RemoveDeps): boolean {
  if (instance === undefined) return true;
  const label = live.metadata.labels?.[LABEL.instance];
  const owner = otherOwner(live, instance) ?? (label === instance.name ? undefined : label);
  if (owner === undefined && label !== undefined) return true;
  const whose =
    owner === undefined ? `it is not labelled as ${instance.name}'s` : `it is ${owner}'s`;
  emit({ type: "warning", message: `${refText(refOf(live))} is left: ${whose}` });
  return false;
}

function asKplanError(failure: TaskFailure): KplanError {
  const { result, hint } = failure.details;
  return new KplanError("cannot-remove", failure.message, {
    kind: result,
    ...(hint !== undefined && { hint }),
    cause: failure,
  });
}
