import { isMap } from "../../model/json.ts";
import { type KubeObject, type ObjectRef, refOf } from "../../model/kube-object.ts";
import { type OrderedPod, ownerOf, podsInOrder } from "../objects/pods-in-order.ts";
import { TaskFailure, TaskTrouble } from "../steps/task-stop.ts";

/** A pod in which a command can run now. */
export interface PodToAsk {
  readonly ref: ObjectRef;
  /** Of its StatefulSet, else its index in the order of names. */
  readonly ordinal: number;
  readonly container: string;
  /** Differs for another pod of that name, and for the container once it has restarted. */
  readonly identity: string;
}

/** What `PodToAsk.identity` is of a pod now; undefined while its container does not run, or is on its way out. */
export function identityOf(pod: KubeObject, container: string): string | undefined {
  return pod.metadata.deletionTimestamp === undefined ? runningIdentity(pod, container) : undefined;
}

/** The same, also while it is on its way out. */
export function runningIdentity(pod: KubeObject, container: string): string | undefined {
  const status = containerStatus(pod, container);
  if (status?.state?.running === undefined) return undefined;
  return JSON.stringify([pod.metadata.uid, status.containerID, status.restartCount]);
}

/** Which of the pods that were found are asked. */
export interface PodChoice {
  /** `first-ready`: the first pod that is ready. `every`: each, ready or not; all their containers must run. `running`: each whose container runs. */
  readonly which: "first-ready" | "every" | "running";
  /** The pod's first container when absent. */
  readonly container?: string;
  /** What was looked for, to people: `pods with app=db`. */
  readonly what: string;
}

/**
 * The pods to ask, in the order of ordinals. Those that are on their way out, or at their end for good, are left out. Throws `TaskTrouble` with a sentence that names the
 * pod and says why nothing can run in it yet, `TaskFailure` for a container that a pod does not have.
 */
export function podsToAsk(pods: readonly KubeObject[], choice: PodChoice): readonly PodToAsk[] {
  const living = podsInOrder(pods.filter(isComingOrThere));
  const { which, container, what } = choice;
  if (which === "every") return living.map((one) => toAsk(one, container));
  if (which === "running")
    return living
      .filter(({ pod }) => identityOf(pod, container ?? containersOf(pod)[0] ?? "") !== undefined)
      .map((one) => toAsk(one, container));
  if (living[0] === undefined) throw notYet(`there is no pod to ask: no ${what}`);
  const ready = living.find(({ pod }) => isReady(pod));
  if (ready !== undefined) return [toAsk(ready, container)];
  const why = living.slice(0, 3).map(({ pod }) => whyNotReady(pod));
  throw notYet(`no pod is ready to be asked: ${why.join("; ")}`);
}

/** Milliseconds between two looks for pods, at most: they come within seconds, and the step waits for nothing else. */
const LOOK_AGAIN = 2000;

/** Why nothing can run yet. */
export function notYet(why: string): TaskTrouble {
  return new TaskTrouble(why, LOOK_AGAIN);
}

/** A pod that has ended comes back only when a StatefulSet looks after it. */
function isComingOrThere(pod: KubeObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const { phase } = statusOf(pod);
  return (phase !== "Succeeded" && phase !== "Failed") || ownerOf(pod)?.kind === "StatefulSet";
}

function isReady(pod: KubeObject): boolean {
  const { conditions = [] } = statusOf(pod);
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

function whyNotReady(pod: KubeObject): string {
  const { phase = "Pending", containerStatuses = [] } = statusOf(pod);
  const late = containerStatuses.find(({ ready }) => ready !== true);
  const state = late === undefined ? phase : `container ${late.name} ${stateText(late)}`;
  return `${pod.metadata.name} is not ready (${state})`;
}

function toAsk({ pod, ordinal }: OrderedPod, wanted: string | undefined): PodToAsk {
  const { name } = pod.metadata;
  const names = containersOf(pod);
  const container = wanted ?? names[0] ?? "";
  if (!names.includes(container))
    throw new TaskFailure(
      `Pod ${name} has no container ${container}: it has ${names.join(", ") || "none"}`,
      { result: "failed", ref: refOf(pod) },
    );
  const status = containerStatus(pod, container);
  const identity = identityOf(pod, container);
  if (identity === undefined) {
    const { phase = "Pending" } = statusOf(pod);
    const why = status === undefined ? `the pod is ${phase}` : `it ${stateText(status)}`;
    throw notYet(`container ${container} of Pod ${name} does not run: ${why}`);
  }
  return { ref: refOf(pod), ordinal, container, identity };
}

function containerStatus(pod: KubeObject, container: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = statusOf(pod);
  return [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container);
}

/** Init containers among them: some of them go on running. */
function containersOf({ spec }: KubeObject): readonly string[] {
  const { containers, initContainers } = isMap(spec) ? spec : {};
  return [containers, initContainers].flatMap((list) =>
    Array.isArray(list) ? list.filter(isMap).map(({ name }) => String(name)) : [],
  );
}

function stateText({ state = {}, ready }: ContainerStatus): string {
  const { waiting, terminated } = state;
  if (waiting !== undefined) return `is waiting: ${waiting.reason ?? "not started yet"}`;
  if (terminated !== undefined)
    return `ended with exit code ${terminated.exitCode ?? "?"} (${terminated.reason ?? "no reason given"})`;
  return ready === true ? "is ready" : "runs, and is not ready";
}

/** Of a pod's status, what is looked at (Kubernetes API, core/v1 PodStatus). */
interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly containerID?: string;
  readonly restartCount?: number;
  readonly state?: {
    readonly running?: object;
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: { readonly exitCode?: number; readonly reason?: string };
  };
}

function statusOf({ status }: KubeObject): PodStatus {
  return isMap(status) ? (status as PodStatus) : {};
}
