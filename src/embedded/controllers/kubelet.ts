import type { KubeObject } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";
import type { ControllerApi } from "../controller-api.ts";
import { ApiError } from "../http/api-error.ts";
import { type NewCondition, withCondition } from "./conditions.ts";
import { isSilent, nodeAddress } from "./nodes.ts";
import { environmentProblem, mountProblem } from "./pod-needs.ts";
import type { PodWorld } from "./pod-stages.ts";
import { nextPodStep, type PodStep, type PodTimings } from "./pod-timeline.ts";
import { placePod } from "./scheduler.ts";
import { podSpecOf, podStatusOf } from "./shapes.ts";
import { timestamp } from "./timestamp.ts";

/** A step that a pod waits to take. */
interface Waiting {
  /** The step in one text: while it stays the same the pod's time goes on. */
  readonly sign: string;
  readonly cancel: () => void;
}

/**
 * Acts out the scheduler and the kubelets: brings each pod one step further when its time has come. After a restart the
 * stage that a pod was in begins anew. The answer stops it.
 */
export function startKubelet(api: ControllerApi, timings: PodTimings): () => void {
  const waiting = new Map<string, Waiting>();

  const look = (pod: KubeObject): void => {
    const { uid = "", name, namespace = "" } = pod.metadata;
    const step = nextPodStep(pod, worldOf(api, pod), timings);
    reportMount(api, pod);
    const sign = signOf(step, pod);
    const before = waiting.get(uid);
    if (before?.sign === sign) return;
    before?.cancel();
    waiting.delete(uid);
    if (step === undefined) return;
    if (step.after === 0) {
      take(pod);
      return;
    }
    const cancel = api.schedule(step.after, () => {
      waiting.delete(uid);
      const live = api.get("Pod", name, namespace);
      if (live?.metadata.uid === uid) take(live);
    });
    waiting.set(uid, { sign, cancel });
  };
  /** Worked out anew: the world may have changed while the pod waited. */
  const take = (pod: KubeObject): void => {
    const step = nextPodStep(pod, worldOf(api, pod), timings);
    if (step === undefined) return;
    try {
      act(api, pod, step);
    } catch (error) {
      // Gone or changed meanwhile: that change is looked at in its turn.
      if (!(error instanceof ApiError)) throw error;
    }
  };

  const lookAround = (namespace: string | undefined): void => {
    for (const pod of api.list("Pod", namespace === undefined ? {} : { namespace }))
      if (podStatusOf(pod).phase === "Pending") look(pod);
  };
  const ends = [
    api.onChange("Pod", ({ type, object, previous }) => {
      const { uid = "" } = object.metadata;
      if (type === "deleted") {
        waiting.get(uid)?.cancel();
        waiting.delete(uid);
        // Its place on a node is free again.
        lookAround(undefined);
        return;
      }
      const live = api.get("Pod", object.metadata.name, object.metadata.namespace);
      if (live?.metadata.uid === uid && previous !== live) look(live);
    }),
    ...["ConfigMap", "Secret", "PersistentVolumeClaim"].map((kind) =>
      api.onChange(kind, ({ object }) => lookAround(object.metadata.namespace)),
    ),
    api.onChange("Node", () => lookAround(undefined)),
  ];
  return () => {
    for (const end of ends) end();
    for (const { cancel } of waiting.values()) cancel();
  };
}

function signOf(step: PodStep, { metadata }: KubeObject): string {
  if (step === undefined) return "";
  if (step.act !== "status") return `${step.act} ${step.after}`;
  const { phase, conditions, containerStatuses, initContainerStatuses } = step.status;
  const stages = [...(initContainerStatuses ?? []), ...(containerStatuses ?? [])].map(
    ({ state }) => Object.keys(state)[0],
  );
  const truths = conditions?.map(({ type, status }) => `${type}=${status}`);
  return JSON.stringify([metadata.uid, phase, stages, truths]);
}

function act(api: ControllerApi, pod: KubeObject, step: NonNullable<PodStep>): void {
  const { name, namespace = "", uid } = pod.metadata;
  switch (step.act) {
    case "remove":
      api.delete("Pod", name, { namespace, gracePeriodSeconds: 0, ...(uid && { uid }) });
      return;
    case "schedule":
      schedule(api, pod);
      return;
    case "status":
      api.updateStatus({ ...pod, status: step.status });
      announce(api, pod, step.status);
  }
}

function schedule(api: ControllerApi, pod: KubeObject): void {
  const choice = placePod(api, pod);
  const now = timestamp(api);
  if (choice === undefined) return;
  const condition: NewCondition =
    "node" in choice
      ? { type: "PodScheduled", status: "True" }
      : {
          type: "PodScheduled",
          status: "False",
          reason: "Unschedulable",
          message: choice.refusal,
        };
  const bound =
    "node" in choice
      ? api.update({ ...pod, spec: { ...podSpecOf(pod), nodeName: choice.node } })
      : pod;
  const status = podStatusOf(bound);
  api.updateStatus({
    ...bound,
    status: { ...status, conditions: withCondition(status.conditions, condition, now) },
  });
  const { name, namespace } = pod.metadata;
  if ("node" in choice)
    say(api, pod, "Scheduled", `Successfully assigned ${namespace}/${name} to ${choice.node}`);
  else
    api.event(pod, {
      type: "Warning",
      reason: "FailedScheduling",
      message: choice.refusal,
      component: "default-scheduler",
    });
}

/** The events of a container's start, as a kubelet writes them. */
function announce(
  api: ControllerApi,
  pod: KubeObject,
  status: ReturnType<typeof podStatusOf>,
): void {
  const before = podStatusOf(pod);
  for (const list of ["initContainerStatuses", "containerStatuses"] as const)
    for (const { name, image, state } of status[list] ?? []) {
      const was = before[list]?.find((one) => one.name === name)?.state;
      if (state.running === undefined || was?.running !== undefined) continue;
      say(api, pod, "Pulled", `Container image "${image}" already present on machine`, "kubelet");
      say(api, pod, "Started", `Started container ${name}`, "kubelet");
    }
}

function say(
  api: ControllerApi,
  pod: KubeObject,
  reason: string,
  message: string,
  component = "default-scheduler",
): void {
  api.event(pod, { type: "Normal", reason, message, component });
}

/** A volume that cannot be mounted shows in an event only; said again with each look. */
function reportMount(api: ControllerApi, pod: KubeObject): void {
  const { podIP, containerStatuses } = podStatusOf(pod);
  if (podIP !== undefined || containerStatuses === undefined || pod.metadata.deletionTimestamp)
    return;
  const message = mountProblem(api, pod);
  if (message !== undefined)
    api.event(pod, { type: "Warning", reason: "FailedMount", message, component: "kubelet" });
}

function worldOf(api: ControllerApi, pod: KubeObject): PodWorld {
  const { nodeName, containers } = podSpecOf(pod);
  const node = nodeName === undefined ? undefined : api.get("Node", nodeName);
  const problems = containers.flatMap((container) => {
    const problem = environmentProblem(api, pod, container);
    return problem === undefined ? [] : [[container.name, problem] as const];
  });
  return {
    now: timestamp(api),
    nodeAddress: nodeAddress(node),
    podIP: podStatusOf(pod).podIP ?? freeAddress(api, node),
    // What holds the files of a Pipe task ends when it is deleted.
    workTime: isPipePod(pod) ? Number.POSITIVE_INFINITY : api.printingTime(pod),
    rule: api.ruleOf(pod),
    silent: isSilent(node),
    mountProblem: mountProblem(api, pod),
    containerProblems: new Map(problems),
  };
}

function isPipePod({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[ANNOTATION.pipePod] === "true";
}

/** The lowest address of the node's range that no pod has. */
function freeAddress(api: ControllerApi, node: KubeObject | undefined): string {
  const { podCIDR = "10.244.255.0/24" } = (node?.spec ?? {}) as { podCIDR?: string };
  const [a, b, c] = podCIDR.split(".");
  const taken = new Set(api.list("Pod").map((pod) => podStatusOf(pod).podIP));
  for (let n = 2; n < 65_536; n++) {
    const ip = `${a}.${b}.${Number(c) + 16 * (n >> 8)}.${n & 255}`;
    if (!taken.has(ip)) return ip;
  }
  throw new Error(`no pod address left on ${node?.metadata.name}`);
}
