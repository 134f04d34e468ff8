import { ClusterError } from "../../model/cluster.ts";
import { KplanError } from "../../model/kplan-error.ts";
import {
  type KubeObject,
  type ObjectRef,
  refKey,
  refOf,
  refText,
} from "../../model/kube-object.ts";
import type { Meter } from "../../model/meter.ts";
import { LABEL } from "../../model/names.ts";
import type { RunPath } from "../../model/run.ts";
import type { TaskPath } from "../objects/materialize.ts";
import { materializeLive } from "../objects/materialize-live.ts";
import { callOptions, mayWrite, type RunContext } from "../run-context.ts";
import { TaskTrouble } from "../steps/task-stop.ts";

/** Stands for a task where a meter's pod is on record. */
const TASK = "meter";
/** Seconds that a meter may take to end, and milliseconds after which it is removed by force: it keeps nothing. */
const GRACE_SECONDS = 1;
const PATIENCE = 3_000;
/** Milliseconds between two looks. */
const LOOK_EVERY = 200;

/** A meter's pod as it was made. */
export interface MeterPod {
  readonly ref: ObjectRef;
  /** Removes it and takes it off the record. Warns when that cannot be done: the next run that needs one replaces it. */
  readonly remove: () => Promise<void>;
}

/**
 * Makes the pod of a meter, announced and in the inventory like any other object. One that an earlier driver left is replaced.
 * Throws a `bad-input` KplanError when the template is not one Pod or somebody else's pod has its name, ClusterError, `Halted`.
 */
export async function createMeterPod(
  meter: Meter,
  where: RunPath,
  run: RunContext,
): Promise<MeterPod> {
  const path = { phase: "", step: "", ...where, task: TASK };
  const pod = await render(meter, path, run);
  const ref = refOf(pod);
  const before = await run.cluster.get(ref, callOptions(run));
  if (before !== undefined) refuseForeign(before, run);
  await run.recorder.intent({ path, act: "apply", objects: [ref] });
  run.inventory.add(refKey(ref));
  if (before !== undefined) {
    mayWrite(run);
    await removePod(before, run);
  }
  await run.fence.confirm?.();
  mayWrite(run);
  const made = await run.cluster.create(pod, callOptions(run));
  run.emit({ type: "object-written", path: where, ref, change: "created" });
  return {
    ref,
    remove: async () => {
      try {
        run.fence.check();
        await removePod(made, run);
      } catch (error) {
        // Another driver has the pod now.
        if (run.fence.lost.aborted) return;
        if (!(error instanceof ClusterError || error instanceof TaskTrouble)) throw error;
        const message = `${refText(ref)} could not be removed: ${error.message}`;
        run.emit({ type: "warning", message });
        return;
      }
      run.emit({ type: "object-written", path: where, ref, change: "deleted" });
      run.recorder.removed([ref]);
      run.recorder.done({ path });
      run.inventory.delete(refKey(ref));
    },
  };
}

async function render(meter: Meter, path: TaskPath, run: RunContext): Promise<KubeObject> {
  const task = { kind: "Apply" as const, name: TASK, resources: [meter.pod] };
  const lookup = { ...run, options: callOptions(run) };
  const { objects } = await materializeLive(run.inputs, path, task, lookup);
  const [pod] = objects;
  if (pod?.kind === "Pod" && objects.length === 1) return pod;
  throw new KplanError("meter", `template ${meter.pod} of the meter must be one Pod`, {
    kind: "bad-input",
  });
}

function refuseForeign(live: KubeObject, { inputs }: RunContext): void {
  const { name } = inputs.instance;
  if (live.metadata.labels?.[LABEL.instance] === name) return;
  throw new KplanError("meter", `${refText(refOf(live))} is there and is not ${name}'s`, {
    kind: "bad-input",
    hint: "remove it, or give the pod of the meter another name in its template",
  });
}

/** Deletes just this pod and waits until it is gone; by force when its node does not answer. */
async function removePod({ metadata, ...rest }: KubeObject, run: RunContext): Promise<void> {
  const { cluster, clock, fence } = run;
  const ref = refOf({ metadata, ...rest });
  const { uid } = metadata;
  for (const gracePeriodSeconds of [GRACE_SECONDS, 0]) {
    const options = {
      gracePeriodSeconds,
      tidies: true,
      ...(uid !== undefined && { uid }),
      ...callOptions(run),
    };
    try {
      if (!(await cluster.delete(ref, options))) return;
    } catch (error) {
      // Another pod has the name by now.
      if (error instanceof ClusterError && error.kind === "conflict") return;
      throw error;
    }
    const until = clock.monotonic() + PATIENCE;
    while (clock.monotonic() < until) {
      const live = await cluster.get(ref, callOptions(run));
      if (live === undefined || live.metadata.uid !== uid) return;
      await clock.sleep(LOOK_EVERY, fence.lost);
    }
  }
  throw new TaskTrouble(`${refText(ref)} does not go away`);
}
