import type { HealthContext } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { isTrue } from "./conditions.ts";
import { eventsAbout } from "./events.ts";
import { textAt, timeAt } from "./fields.ts";
import { containersOf } from "./pod-containers.ts";
import { nodeTrouble } from "./pod-node.ts";
import { isTerminating } from "./pod-serves.ts";
import { podTrouble } from "./pod-trouble.ts";

/** What a pod is doing, in a few words: `galera-1: pulling image mariadb:10.11`. */
export function podStage(pod: KubeObject, context: HealthContext): string {
  const { name } = pod.metadata;
  const node = nodeTrouble(pod, context);
  if (node !== undefined)
    return `${name}: ${isTerminating(pod) ? "terminating" : "not ready"} ${node}`;
  if (isTerminating(pod)) return `${name}: ${terminating(pod, context)}`;
  const trouble = podTrouble(pod, context);
  if (trouble !== undefined) return trouble.failure.message;

  const phase = textAt(pod, "status", "phase");
  if (phase === "Failed") return `${name}: failed${reasonOf(pod)}`;
  if (textAt(pod, "spec", "nodeName") === "") return `${name}: waiting for a node`;
  const containers = containersOf(pod);
  const init = containers.find((one) => one.init && !one.ready && one.state === "running");
  if (init !== undefined) return `${name}: running init container ${init.name}`;
  const waiting = containers.find((one) => one.state === "waiting");
  if (waiting !== undefined || containers.length === 0) return `${name}: ${starting(pod, context)}`;
  const unready = containers.find((one) => !one.init && !one.ready);
  if (unready === undefined) return `${name}: waiting for readiness`;
  return `${name}: container ${unready.name} runs, not ready yet${probeWords(pod, context)}`;
}

/** What a probe printed may quote anything and is left out. */
function probeWords(pod: KubeObject, context: HealthContext): string {
  const event = eventsAbout(pod, context).find(({ reason }) => reason === "Unhealthy");
  const probe = /^(\w+) probe failed/.exec(event?.message ?? "")?.[1];
  return probe === undefined ? "" : ` (its ${probe.toLowerCase()} probe failed)`;
}

/** Everything about a pod that changes with progress, for a marker. */
export function podSigns(pod: KubeObject): unknown {
  return [
    pod.metadata.name,
    pod.metadata.uid,
    pod.metadata.labels?.["controller-revision-hash"],
    isTerminating(pod),
    isTrue(pod, "PodScheduled"),
    isTrue(pod, "Ready"),
    textAt(pod, "status", "phase"),
    containersOf(pod).map(({ state, reason, restarts, ready }) => [state, reason, restarts, ready]),
  ];
}

/** The deletion timestamp is when a pod should be gone, grace included; a kubelet that lives is late by seconds at most. */
function terminating(pod: KubeObject, context: HealthContext): string {
  const due = timeAt(pod, "metadata", "deletionTimestamp") ?? context.now.getTime();
  if (context.now.getTime() - due < OVERDUE) return "terminating";
  const node = textAt(pod, "spec", "nodeName") || "its node";
  return `terminating, though its grace period is long over: ${node} does not answer; once that machine is surely off, remove the pod with: kubectl -n ${pod.metadata.namespace ?? "default"} delete pod ${pod.metadata.name} --force --grace-period=0`;
}

const OVERDUE = 30_000;

function starting(pod: KubeObject, context: HealthContext): string {
  const latest = eventsAbout(pod, context)[0];
  const image = /^Pulling image "(.*)"/.exec(latest?.message ?? "")?.[1];
  return image === undefined ? "creating containers" : `pulling image ${image}`;
}

function reasonOf(pod: KubeObject): string {
  const reason = textAt(pod, "status", "reason");
  const message = textAt(pod, "status", "message");
  if (reason === "") return "";
  return message === "" ? ` (${reason})` : ` (${reason}: ${message})`;
}
