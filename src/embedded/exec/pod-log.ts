import type { KubeObject } from "../../model/kube-object.ts";
import { badRequest } from "../http/api-error.ts";
import type { ApiAnswer, ApiRequest } from "../http/request.ts";
import { mapsOf, valueAt } from "../rules/rule.ts";
import { containerOf } from "./exec-socket.ts";
import { type LoggedContainer, logOf, type SimulatedLog } from "./log-lines.ts";
import { simulationOf } from "./pod-simulation.ts";

/** Lines of a log that repeats itself that are given at once, at most: the last ones. */
const MOST_LINES = 10_000;

/**
 * Answers `GET …/pods/NAME/log` with what the rules say the container has printed so far; with `follow` also what it prints from now on, until it ends. Understands
 * `container`, `tailLines`, `sinceTime`, `timestamps` and `previous`. Throws ApiError 400 for a container that the pod does not have or that is waiting to start.
 */
export function answerLog(request: ApiRequest, pod: KubeObject): ApiAnswer | undefined {
  const { state, query } = request;
  const of = containerIn(pod, query.get("container"), state.clock.now().getTime());
  if (query.get("previous") === "true")
    throw badRequest(
      `previous terminated container "${of.container}" in pod "${of.pod}" not found`,
    );
  const log = logOf(simulationOf(state, pod).logs, of);
  const stamps = query.get("timestamps") === "true";
  const textOf = ({ at, text }: { readonly at: number; readonly text: string }): string =>
    `${stamps ? `${new Date(at).toISOString()} ` : ""}${text}\n`;
  const until = of.endedAt ?? state.clock.now().getTime();
  const next = log.countAt(until);
  const lines = linesBetween(log, firstLine(log, query, next), next);
  const body = lines.map(textOf).join("");
  if (query.get("follow") !== "true") return { code: 200, body };
  request.outgoing.writeHead(200, { "content-type": "text/plain" });
  request.outgoing.flushHeaders();
  if (body !== "") request.outgoing.write(body);
  if (of.endedAt !== undefined) request.outgoing.end();
  else void follow(request, pod, { log, next, textOf });
  return undefined;
}

/** The container that is asked about, and when it ran. */
function containerIn(
  pod: KubeObject,
  wanted: string | null,
  now: number,
): LoggedContainer & { readonly endedAt: number | undefined } {
  const container = containerOf(pod, wanted);
  const { name, namespace = "" } = pod.metadata;
  const status = mapsOf(valueAt(pod, "status.containerStatuses")).find(
    (each) => each.name === container,
  );
  const time = (path: string): number => Date.parse(String(valueAt(status, path) ?? ""));
  if (valueAt(status, "state.waiting") !== undefined)
    throw badRequest(
      `container "${container}" in pod "${name}" is waiting to start: ${String(valueAt(status, "state.waiting.reason"))}`,
    );
  const times = [
    time("state.running.startedAt"),
    time("state.terminated.startedAt"),
    Date.parse(String(valueAt(pod, "status.startTime") ?? "")),
  ];
  const startedAt = times.find((each) => !Number.isNaN(each)) ?? now;
  const ended = time("state.terminated.finishedAt");
  return {
    ...{ pod: name, namespace, container, startedAt },
    endedAt: Number.isNaN(ended) ? undefined : ended,
  };
}

/** Number of the first line that is wanted of those before `next`. */
function firstLine(log: SimulatedLog, query: URLSearchParams, next: number): number {
  const tail = query.get("tailLines");
  const since = Date.parse(query.get("sinceTime") ?? "");
  return Math.max(
    0,
    next - (tail === null ? MOST_LINES : Math.min(MOST_LINES, Number(tail))),
    Number.isNaN(since) ? 0 : log.countAt(since - 1),
  );
}

function linesBetween(
  log: SimulatedLog,
  from: number,
  to: number,
): { readonly at: number; readonly text: string }[] {
  const lines = [];
  for (let n = from; n < to; n++) {
    const line = log.line(n);
    if (line) lines.push(line);
  }
  return lines;
}

/** Writes each line when its time has come, until the container ends, the client leaves or the server closes. */
async function follow(
  { state, kind, outgoing, closing }: ApiRequest,
  { metadata }: KubeObject,
  by: {
    readonly log: SimulatedLog;
    readonly next: number;
    readonly textOf: (line: { readonly at: number; readonly text: string }) => string;
  },
): Promise<void> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const unsubscribe = state.store.subscribe(`${kind.group}/${kind.plural}`, ({ type, object }) => {
    if (object.metadata.uid !== metadata.uid) return;
    if (type === "deleted" || hasEnded(object)) end();
  });
  outgoing.on("close", end);
  closing.addEventListener("abort", end);
  try {
    for (let n = by.next; !ended.signal.aborted; n++) {
      const line = by.log.line(n);
      if (line === undefined) await untilAborted(ended.signal);
      else {
        const wait = line.at - state.clock.now().getTime();
        if (wait > 0) await state.clock.sleep(wait, ended.signal);
        outgoing.write(by.textOf(line));
      }
    }
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  } finally {
    unsubscribe();
    closing.removeEventListener("abort", end);
    outgoing.end();
  }
}

function hasEnded(pod: KubeObject): boolean {
  return ["Succeeded", "Failed"].includes(String(valueAt(pod, "status.phase")));
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
