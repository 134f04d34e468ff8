import { type Cluster, ClusterError } from "../model/cluster.ts";
import { isMap } from "../model/json.ts";
import { type KubeObject, type ObjectRef, refText } from "../model/kube-object.ts";
import { type Api, about, callError } from "./api.ts";
import { ExchangeFailure, type OpenAnswer } from "./http/exchange.ts";
import { linesOf } from "./http/line-stream.ts";
import { pause } from "./http/pause.ts";
import { backOff } from "./http/retry.ts";
import { type LogPlace, lineReader, logStart, sinceTimeOf } from "./log-place.ts";
import { objectPath, query } from "./paths.ts";
import { getObject } from "./read-objects.ts";

/** How long following waits for what, in milliseconds. */
export interface FollowTiming {
  /** First and longest wait between connections. */
  readonly backOff: readonly [number, number];
  /** Silence after which a connection is begun anew: it may be half open. */
  readonly silence: number;
}

/** Timing against real servers. */
export const FOLLOW_TIMING: FollowTiming = { backOff: [100, 3_000], silence: 60_000 };

/**
 * `Cluster.followLog`. A container that waits to start is waited for; one that was restarted has ended. A new connection goes on where the old one broke, by
 * the times that the kubelet gives lines. Throws ClusterError for what cannot mend itself: no such pod or container, no permission.
 */
export async function* followLog(
  api: Api,
  pod: ObjectRef,
  options: Parameters<Cluster["followLog"]>[1],
  timing: FollowTiming = FOLLOW_TIMING,
): AsyncGenerator<string, void, undefined> {
  const signal = AbortSignal.any([options.signal, api.transport.closed]);
  const place = logStart();
  let failures = 0;
  try {
    const first = await getObject(api, pod, { signal });
    if (first === undefined) throw noSuchPod(pod);
    const container = options.container ?? firstContainer(first);
    while (!signal.aborted) {
      const before = place.at;
      const end = yield* connection(api, { pod, container, place, timing, signal });
      if (end === "closed" && (await hasEnded(api, pod, first, container, signal))) return;
      failures = before === place.at ? failures + 1 : 0;
      const [shortest, longest] = timing.backOff;
      const wait = backOff(Math.max(1, failures), shortest, longest, api.random);
      await pause(api.clock, wait, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** What one connection needs. */
interface Following {
  readonly pod: ObjectRef;
  readonly container: string;
  /** Moved on with each line. */
  readonly place: LogPlace;
  readonly timing: FollowTiming;
  readonly signal: AbortSignal;
}

/** Reads one connection to its end. `closed`: the server had no more to say, or no log yet; `broken`: nobody knows. */
async function* connection(
  api: Api,
  { pod, container, place, timing, signal }: Following,
): AsyncGenerator<string, "closed" | "broken", undefined> {
  const resource = await api.discovery.resourceOf("v1", "Pod");
  const path = `${objectPath(resource, pod, "log")}${query({
    container,
    follow: true,
    timestamps: true,
    sinceTime: sinceTimeOf(place),
  })}`;
  const next = lineReader(place);
  try {
    const answer = await api.transport.open(path, { signal, accept: "application/json, */*" });
    if (answer.status !== 200) return await refusal(api, pod, answer);
    answer.setSilence(timing.silence);
    for await (const lines of linesOf(answer.chunks))
      for (const line of lines) {
        const text = next(line);
        if (text !== undefined) yield text;
      }
    return "closed";
  } catch (error) {
    if (error instanceof ExchangeFailure) return "broken";
    throw error;
  }
}

/** What a kubelet answers about a container that was not started yet (kubelet, GetKubeletContainerLogs). */
const NOT_YET = /is waiting to start|is not available|PodInitializing|ContainerCreating/;

/** What to do about a log that the server did not begin. Throws what cannot mend itself. */
async function refusal(api: Api, pod: ObjectRef, open: OpenAnswer): Promise<"closed"> {
  const chunks: Buffer[] = [];
  for await (const chunk of open.chunks) chunks.push(chunk);
  const { status, headers } = open;
  const body = Buffer.concat(chunks).toString("utf8");
  const error = await callError(api, { status, headers, body }, about(api, "get", pod));
  if (status === 404 || (status === 400 && NOT_YET.test(body))) return "closed";
  if (error instanceof ClusterError && !error.transient && status < 500) throw error;
  return "closed";
}

/** Whether nothing more will come: the pod is gone, the container ended or was restarted. */
async function hasEnded(
  api: Api,
  pod: ObjectRef,
  first: KubeObject,
  container: string,
  signal: AbortSignal,
): Promise<boolean> {
  let now: KubeObject | undefined;
  try {
    now = await getObject(api, pod, { signal });
  } catch (error) {
    if (error instanceof ClusterError && error.transient) return false;
    throw error;
  }
  if (now === undefined || now.metadata.uid !== first.metadata.uid) return true;
  const status = isMap(now.status) ? now.status : {};
  if (status.phase === "Succeeded" || status.phase === "Failed") return true;
  const is = containerStatus(now, container);
  const was = containerStatus(first, container);
  if (Number(is.restartCount ?? 0) > Number(was.restartCount ?? 0)) return true;
  const state = isMap(is.state) ? is.state : {};
  const last = isMap(is.lastState) ? is.lastState : {};
  return "terminated" in state || ("waiting" in state && "terminated" in last);
}

function containerStatus({ status }: KubeObject, container: string): Record<string, unknown> {
  const { containerStatuses, initContainerStatuses }: Record<string, unknown> = isMap(status)
    ? status
    : {};
  const all = [containerStatuses, initContainerStatuses].flatMap((list) =>
    Array.isArray(list) ? list.filter(isMap) : [],
  );
  return all.find(({ name }) => name === container) ?? {};
}

function firstContainer({ spec }: KubeObject): string {
  const [first] = isMap(spec) && Array.isArray(spec.containers) ? spec.containers : [];
  return isMap(first) ? String(first.name) : "";
}

function noSuchPod(pod: ObjectRef): ClusterError {
  return new ClusterError("not-found", `there is no ${refText(pod)}`, { ref: pod, status: 404 });
}
