import type { HealthContext, RelativesQuery } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { conditionOf } from "./conditions.ts";
import { textAt, timeAt } from "./fields.ts";
import { isPodReady, isTerminating } from "./pod-serves.ts";

/** Milliseconds that a pod may be unready, or overstay its end, before its node is looked at. */
const SUSPECT_AFTER = 10_000;

/**
 * The nodes that should be seen, one by one, because a pod on them is late: no node is read as long as all goes well, for whoever runs plans may often not read nodes.
 * `related`: pods among other things.
 */
export function suspectNodes(related: readonly KubeObject[], now: Date): RelativesQuery[] {
  const names = related
    .filter((one) => one.kind === "Pod" && isLate(one, now))
    .map((pod) => textAt(pod, "spec", "nodeName"))
    .filter((name) => name !== "");
  return [...new Set(names)].map((name) => ({
    apiVersion: "v1",
    kind: "Node",
    fieldSelector: `metadata.name=${name}`,
  }));
}

function isLate(pod: KubeObject, now: Date): boolean {
  if (isPodReady(pod)) return false;
  const since = isTerminating(pod)
    ? timeAt(pod, "metadata", "deletionTimestamp")
    : conditionOf(pod, "Ready")?.since;
  return since !== undefined && now.getTime() - since >= SUSPECT_AFTER;
}

/** True for a Node that says of itself, or of which is said, that it is not ready. */
export function isNodeDown(node: KubeObject): boolean {
  return conditionOf(node, "Ready")?.status !== "True";
}

/** Why a late pod waits for its node, and what to do; undefined when the node is well or was not seen. */
export function nodeTrouble(pod: KubeObject, context: HealthContext): string | undefined {
  const name = textAt(pod, "spec", "nodeName");
  const node = context.related.find((one) => one.kind === "Node" && one.metadata.name === name);
  if (node === undefined || !isNodeDown(node)) return undefined;
  const ready = conditionOf(node, "Ready");
  const heard = timeAt(ready?.raw, "lastHeartbeatTime") ?? ready?.since;
  const silence = heard === undefined ? "" : ` for ${durationText(context.now.getTime() - heard)}`;
  const how =
    ready?.status === "False" ? `is not ready (${ready.reason})` : `has not answered${silence}`;
  return `on node ${name}, which ${how}; if that machine is surely off, give the command again with --node-lost ${name}`;
}

function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

/** A sentence without how long things have lasted: time that passes is no progress. */
export function withoutDurations(sentence: string): string {
  return sentence.replace(/ for \d+ (?:s|min|h)\b/g, "");
}
