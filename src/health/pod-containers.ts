import type { KubeObject } from "../model/kube-object.ts";
import { at, countAt, mapsAt, textAt, timeAt } from "./fields.ts";

/** A container of a pod, with how it stands. */
export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly init: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  readonly state: "waiting" | "running" | "terminated" | "unknown";
  /** Reason and message of the present state. */
  readonly reason: string;
  readonly message: string;
  /** Of the run that ended: the present state's if it is terminated, else the one before. */
  readonly ended: EndedRun | undefined;
}

/** A run of a container that is over. */
export interface EndedRun {
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
}

/** The containers of a pod that have a status, init containers first, each in the order of the spec. */
export function containersOf(pod: KubeObject): ContainerFacts[] {
  return [
    ...mapsAt(pod, "spec", "initContainers").flatMap((one) => factsOf(pod, one, true)),
    ...mapsAt(pod, "spec", "containers").flatMap((one) => factsOf(pod, one, false)),
  ];
}

function factsOf(pod: KubeObject, spec: Record<string, unknown>, init: boolean): ContainerFacts[] {
  const list = init ? "initContainerStatuses" : "containerStatuses";
  const status = mapsAt(pod, "status", list).find((one) => one.name === spec.name);
  if (status === undefined) return [];
  const state = STATES.find((word) => at(status, "state", word) !== undefined) ?? "unknown";
  return [
    {
      name: textAt(spec, "name"),
      image: textAt(spec, "image"),
      init,
      ready: status.ready === true,
      restarts: countAt(status, "restartCount"),
      state,
      reason: textAt(status, "state", state, "reason"),
      message: textAt(status, "state", state, "message"),
      ended:
        endedRun(at(status, "state", "terminated")) ??
        endedRun(at(status, "lastState", "terminated")),
    },
  ];
}

const STATES = ["waiting", "running", "terminated"] as const;

function endedRun(terminated: unknown): EndedRun | undefined {
  if (terminated === undefined) return undefined;
  return {
    exitCode: countAt(terminated, "exitCode"),
    reason: textAt(terminated, "reason"),
    message: textAt(terminated, "message"),
    startedAt: timeAt(terminated, "startedAt"),
    finishedAt: timeAt(terminated, "finishedAt"),
  };
}
