import type { KubeObject } from "../../model/kube-object.ts";
import type { PodRule } from "../../model/simulation.ts";
import { type NewCondition, withCondition } from "./conditions.ts";
import {
  type Condition,
  type Container,
  type ContainerStatus,
  type PodStatus,
  podSpecOf,
  podStatusOf,
} from "./shapes.ts";

/** What around a pod decides how it goes on. */
export interface PodWorld {
  /** RFC 3339. */
  readonly now: string;
  readonly nodeAddress: string;
  /** Address for the pod when it starts. */
  readonly podIP: string;
  /** Milliseconds until a pod that runs to its end has ended, as the package says; the usual ones when undefined. */
  readonly workTime?: number | undefined;
  /** Why its volumes cannot be mounted. */
  readonly mountProblem: string | undefined;
  /** Its node has fallen silent: nothing that happens on it is known. */
  readonly silent?: boolean;
  /** How this pod lives, where that is told. */
  readonly rule?: PodRule | undefined;
  /** Why a container cannot be made, by name. */
  readonly containerProblems: ReadonlyMap<string, string>;
}

/** The kubelet has seen the pod: nothing runs yet. */
export function accepted(pod: KubeObject, { now, nodeAddress }: PodWorld): PodStatus {
  const { initContainers = [], containers } = podSpecOf(pod);
  const status = podStatusOf(pod);
  const reason = initContainers.length > 0 ? "PodInitializing" : "ContainerCreating";
  const uninitialised =
    initContainers.length > 0
      ? {
          reason: "ContainersNotInitialized",
          message: `containers with incomplete status: [${names(initContainers)}]`,
        }
      : undefined;
  return {
    ...status,
    phase: "Pending",
    conditions: conditions(status, now, [
      { type: "Initialized", status: uninitialised ? "False" : "True", ...uninitialised },
      ...notReady(containers),
    ]),
    hostIP: nodeAddress,
    startTime: now,
    ...(initContainers.length > 0 && {
      initContainerStatuses: initContainers.map((one) => waiting(one, reason)),
    }),
    containerStatuses: containers.map((one) => waiting(one, reason)),
  };
}

/** The pod has its address; the first init container runs, or there is none. */
export function started(pod: KubeObject, world: PodWorld): PodStatus {
  const { initContainers = [] } = podSpecOf(pod);
  const addressed = { ...podStatusOf(pod), ...address(world) };
  const [first] = initContainers;
  if (first === undefined) return running({ ...pod, status: addressed }, world);
  return {
    ...addressed,
    initContainerStatuses: replaced(
      addressed.initContainerStatuses,
      runningContainer(first, world),
    ),
  };
}

function address({ podIP }: PodWorld): Pick<PodStatus, "podIP"> & { podIPs: unknown } {
  return { podIP, podIPs: [{ ip: podIP }] };
}

/** An init container has done its work; the next one runs. */
export function initialised(pod: KubeObject, ended: Container, world: PodWorld): PodStatus {
  const { initContainers = [] } = podSpecOf(pod);
  const status = podStatusOf(pod);
  const before = initStatusOf(status, ended.name);
  let list = replaced(status.initContainerStatuses, completed(ended, before, world.now, true));
  const next = initContainers[initContainers.indexOf(ended) + 1];
  if (next !== undefined) list = replaced(list, runningContainer(next, world));
  const rest = initContainers.slice(initContainers.indexOf(ended) + 1);
  const initialized: NewCondition =
    rest.length === 0
      ? { type: "Initialized", status: "True" }
      : {
          type: "Initialized",
          status: "False",
          reason: "ContainersNotInitialized",
          message: `containers with incomplete status: [${names(rest)}]`,
        };
  return {
    ...status,
    conditions: conditions(status, world.now, [initialized]),
    initContainerStatuses: list,
  };
}

/** An init container has ended badly, and is started again after a while. */
export function initCrashed(pod: KubeObject, ended: Container, world: PodWorld): PodStatus {
  const status = podStatusOf(pod);
  const list = (status.initContainerStatuses ?? []).map((one) =>
    one.name === ended.name ? crashedContainer(one, world.now) : one,
  );
  return { ...status, initContainerStatuses: list };
}

/** An init container that has crashed runs again. */
export function initRestarted(pod: KubeObject, again: Container, world: PodWorld): PodStatus {
  const status = podStatusOf(pod);
  const { restartCount = 0, lastState = {} } = initStatusOf(status, again.name) ?? {};
  const next = { ...runningContainer(again, world), restartCount, lastState };
  return { ...status, initContainerStatuses: replaced(status.initContainerStatuses, next) };
}

/** The containers run, as far as they can be made. */
export function running(pod: KubeObject, world: PodWorld): PodStatus {
  const { containers } = podSpecOf(pod);
  const status = podStatusOf(pod);
  const list = containers.map((container) => {
    const before = statusFor(status, container.name);
    if (before?.state.running !== undefined) return before;
    if (world.rule?.imageMissing === true) return { ...waiting(container, ...noImage(container)) };
    const problem = world.containerProblems.get(container.name);
    if (problem !== undefined) return waiting(container, "CreateContainerConfigError", problem);
    const started = runningContainer(container, world);
    return before === undefined
      ? started
      : { ...started, restartCount: before.restartCount, lastState: before.lastState };
  });
  const some = list.some(({ state }) => state.running !== undefined);
  return {
    ...status,
    phase: some ? "Running" : "Pending",
    conditions: conditions(status, world.now, [
      { type: "Initialized", status: "True" },
      ...notReady(containers),
    ]),
    containerStatuses: list,
  };
}

/** Its first container has ended badly and is started again after a while. */
export function crashed(pod: KubeObject, { now }: PodWorld): PodStatus {
  const { containers } = podSpecOf(pod);
  const status = podStatusOf(pod);
  const [first] = containers;
  const list = (status.containerStatuses ?? []).map((one) =>
    one.name === first?.name ? crashedContainer(one, now) : one,
  );
  return {
    ...status,
    conditions: conditions(status, now, notReady(containers)),
    containerStatuses: list,
  };
}

function crashedContainer(one: ContainerStatus, now: string): ContainerStatus {
  const startedAt = one.state.running?.startedAt ?? now;
  const terminated = { exitCode: 1, reason: "Error", startedAt, finishedAt: now };
  return {
    ...one,
    ready: false,
    started: false,
    restartCount: one.restartCount + 1,
    state: {
      waiting: {
        reason: CRASH_LOOP,
        message: `back-off restarting failed container ${one.name}`,
      },
    },
    lastState: { terminated },
  };
}

/** Why a container waits that has crashed. */
export const CRASH_LOOP = "CrashLoopBackOff";

function noImage({ image }: Container): [reason: string, message: string] {
  return ["ImagePullBackOff", `Back-off pulling image "${image}"`];
}

/** The pod serves. */
export function ready(pod: KubeObject, { now }: PodWorld): PodStatus {
  const status = podStatusOf(pod);
  return {
    ...status,
    conditions: conditions(status, now, [
      { type: "Ready", status: "True" },
      { type: "ContainersReady", status: "True" },
    ]),
    containerStatuses: (status.containerStatuses ?? []).map((one) => ({ ...one, ready: true })),
  };
}

/** The pod has run to its end. */
export function succeeded(pod: KubeObject, { now }: PodWorld): PodStatus {
  const { containers } = podSpecOf(pod);
  const status = podStatusOf(pod);
  const reason = "PodCompleted";
  return {
    ...status,
    phase: "Succeeded",
    conditions: conditions(status, now, [
      { type: "Initialized", status: "True", reason },
      { type: "Ready", status: "False", reason },
      { type: "ContainersReady", status: "False", reason },
    ]),
    containerStatuses: containers.map((one) =>
      completed(one, statusFor(status, one.name), now, false),
    ),
  };
}

/** Status of an init container. */
export function initStatusOf(status: PodStatus, name: string): ContainerStatus | undefined {
  return status.initContainerStatuses?.find((one) => one.name === name);
}

/** Status of a container. */
export function statusFor(status: PodStatus, name: string): ContainerStatus | undefined {
  return status.containerStatuses?.find((one) => one.name === name);
}

function conditions(
  status: PodStatus,
  now: string,
  next: readonly NewCondition[],
): readonly Condition[] {
  let list = status.conditions ?? [];
  for (const one of next) list = withCondition(list, one, now);
  return list;
}

function notReady(containers: readonly Container[]): NewCondition[] {
  const why = {
    status: "False" as const,
    reason: "ContainersNotReady",
    message: `containers with unready status: [${names(containers)}]`,
  };
  return [
    { type: "Ready", ...why },
    { type: "ContainersReady", ...why },
  ];
}

function names(containers: readonly Container[]): string {
  return containers.map(({ name }) => name).join(" ");
}

function replaced(
  list: readonly ContainerStatus[] | undefined,
  next: ContainerStatus,
): readonly ContainerStatus[] {
  return (list ?? []).map((one) => (one.name === next.name ? next : one));
}

function waiting({ name, image }: Container, reason: string, message?: string): ContainerStatus {
  return {
    name,
    image,
    imageID: "",
    ready: false,
    restartCount: 0,
    started: false,
    state: { waiting: { reason, ...(message !== undefined && { message }) } },
    lastState: {},
  };
}

function runningContainer({ name, image }: Container, { now }: PodWorld): ContainerStatus {
  return {
    name,
    image,
    imageID: `simulated://${image}`,
    containerID: `simulated://${name}`,
    ready: false,
    restartCount: 0,
    started: true,
    state: { running: { startedAt: now } },
    lastState: {},
  };
}

function completed(
  container: Container,
  before: ContainerStatus | undefined,
  now: string,
  ready: boolean,
): ContainerStatus {
  return {
    ...(before ?? waiting(container, "")),
    imageID: `simulated://${container.image}`,
    containerID: `simulated://${container.name}`,
    ready,
    started: false,
    state: {
      terminated: {
        exitCode: 0,
        reason: "Completed",
        startedAt: before?.state.running?.startedAt ?? now,
        finishedAt: now,
        containerID: `simulated://${container.name}`,
      },
    },
  };
}
