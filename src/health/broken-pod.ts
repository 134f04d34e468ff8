import type { HealthContext } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { conditionOf } from "./conditions.ts";
import { at, mapsAt, timeAt } from "./fields.ts";
import { isPodReady, isTerminating } from "./pod-serves.ts";
import { podTrouble } from "./pod-trouble.ts";

/** Milliseconds that a pod which runs may take to become ready for the first time before it counts as broken. */
const FIRST_READY = 120_000;

/**
 * Whether a pod serves nobody and will not by itself: it crashes, cannot be scheduled or made, or it runs and has never been ready for two minutes.
 * A pod that was ready and is not for a while (a database that gives its data to another one, say) is not broken, nor is one whose startup probe has not passed yet:
 * what a start does, a first copy of all data perhaps, takes as long as the probe allows.
 */
export function isBrokenPod(pod: KubeObject, context: HealthContext): boolean {
  if (isPodReady(pod) || isTerminating(pod)) return false;
  if (podTrouble(pod, context) !== undefined) return true;
  const statuses = mapsAt(pod, "status", "containerStatuses");
  if (statuses.some((status) => at(status, "started") === false)) return false;
  const started = statuses
    .map((status) => timeAt(at(status, "state", "running"), "startedAt"))
    .filter((time) => time !== undefined);
  const first = Math.min(...started);
  const ready = conditionOf(pod, "Ready");
  if (started.length === 0 || ready?.since === undefined || ready.since > first) return false;
  return context.now.getTime() - Math.max(...started) >= FIRST_READY;
}
