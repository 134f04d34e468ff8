import { parseMeterLine } from "../../gates/parse-meter-line.ts";
import { isMap } from "../../model/json.ts";
import { type KubeObject, type ObjectRef, refText } from "../../model/kube-object.ts";
import type { Meter, MeterLine } from "../../model/meter.ts";
import type { RunPath } from "../../model/run.ts";
import { printsNothing } from "../exec/nothing-runs.ts";
import { callOptions, type RunContext } from "../run-context.ts";
import { Halted, TaskFailure } from "../steps/task-stop.ts";
import { createMeterPod } from "./meter-pod.ts";
import type { MeterSession } from "./meter-session.ts";

/** Milliseconds within which a meter's pod must run and print its first line. */
const FIRST_LINE = 60_000;
/** Milliseconds without a line after which nobody knows what clients feel. */
const SILENCE = 30_000;

/**
 * Makes a meter's pod and reads what it prints. Resolves with its first line: from then on it is known that it measures.
 * Throws `TaskFailure` when there is none in time, and what `createMeterPod` throws.
 */
export async function openMeter(
  meter: Meter,
  path: RunPath,
  run: RunContext,
): Promise<MeterSession> {
  const pod = await createMeterPod(meter, path, run);
  const reader = readLines(pod.ref, meter.container, run);
  const session: MeterSession = {
    measures: true,
    listen: reader.listen,
    broken: reader.broken,
    close: async () => {
      await reader.stop();
      await pod.remove();
    },
  };
  try {
    const begin = await reader.begun(FIRST_LINE);
    if (begin === "line") return session;
    if (begin === "simulated") {
      const message = `what clients feel is not measured: the cluster is simulated, and the package's tests/simulate.yaml does not say what ${refText(pod.ref)} prints`;
      run.emit({ type: "warning", message });
      return { ...session, measures: false };
    }
    const how = begin.why ?? (await stateOf(pod.ref, run));
    throw new TaskFailure(`the meter does not measure: ${how}`, {
      result: "failed",
      ref: pod.ref,
      hint: `see what ${refText(pod.ref)} needs: its image, its credentials, the service that it measures`,
    });
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** How a meter began: with a line, or why not, if that is known. */
type Begin = "line" | "simulated" | { readonly why: string | undefined };

/** Reads a log until it is stopped. */
function readLines(
  pod: ObjectRef,
  container: string | undefined,
  { cluster, clock, halt, fence }: RunContext,
): Pick<MeterSession, "listen" | "broken"> & {
  begun(within: number): Promise<Begin>;
  stop(): Promise<void>;
} {
  const listeners = new Set<(line: MeterLine, at: number) => void>();
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, fence.lost]);
  const broken = new AbortController();
  let lastWords = "";
  let heard = clock.monotonic();
  let settle: (begin: Begin) => void = () => undefined;
  const first = new Promise<Begin>((resolve) => {
    settle = resolve;
  });
  const breakOff = (why: string): void => {
    settle({ why });
    if (!signal.aborted) broken.abort(why);
  };
  const read = async (): Promise<void> => {
    const options = { signal, ...(container !== undefined && { container }) };
    for await (const text of cluster.followLog(pod, options)) {
      const line = parseMeterLine(text);
      if (line === undefined) {
        lastWords = text.slice(0, 300);
        if (printsNothing(cluster, text)) settle("simulated");
        continue;
      }
      heard = clock.monotonic();
      settle("line");
      for (const listener of [...listeners]) listener(line, heard);
    }
    const words = lastWords === "" ? "" : `; it said: ${lastWords}`;
    breakOff(`${refText(pod)} has ended${words}`);
  };
  const reading = read().catch((error: unknown) => {
    breakOff(error instanceof Error ? error.message : String(error));
  });
  const watching = first.then(async (begin) => {
    if (begin !== "line") return;
    while (!signal.aborted && !broken.signal.aborted) {
      await clock.sleep(SILENCE / 10, signal).catch(() => undefined);
      if (clock.monotonic() - heard >= SILENCE)
        breakOff(`${refText(pod)} has printed nothing for ${SILENCE / 1000} s`);
    }
  });
  return {
    broken: broken.signal,
    listen: (onLine) => {
      listeners.add(onLine);
      return () => listeners.delete(onLine);
    },
    begun: async (within) => {
      const waited = new AbortController();
      const late = clock.sleep(within, AbortSignal.any([waited.signal, halt])).then((): Begin => {
        const words = lastWords === "" ? undefined : `it prints no lines of a meter: ${lastWords}`;
        return { why: words };
      });
      try {
        return await Promise.race([first, late]);
      } catch {
        throw new Halted("told to stop");
      } finally {
        waited.abort();
        late.catch(() => undefined);
      }
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([reading, watching]);
    },
  };
}

/** Why a pod prints nothing, as far as its status says. */
async function stateOf(pod: ObjectRef, run: RunContext): Promise<string> {
  const what = `${refText(pod)} printed nothing within ${FIRST_LINE / 1000} s`;
  const live = await run.cluster.get(pod, callOptions(run)).catch(() => undefined);
  const why = live === undefined ? "it is gone" : waitingFor(live);
  return why === undefined ? what : `${what}: ${why}`;
}

function waitingFor({ status }: KubeObject): string | undefined {
  const { containerStatuses, conditions, phase }: Record<string, unknown> = isMap(status)
    ? status
    : {};
  const [container] = Array.isArray(containerStatuses) ? containerStatuses.filter(isMap) : [];
  const state = isMap(container?.state) ? container.state : {};
  const waiting = isMap(state.waiting) ? state.waiting : undefined;
  if (waiting !== undefined)
    return [waiting.reason, waiting.message].filter((text) => typeof text === "string").join(": ");
  const unmet = (Array.isArray(conditions) ? conditions.filter(isMap) : []).find(
    ({ type, status: truth }) => type === "PodScheduled" && truth === "False",
  );
  if (unmet !== undefined) return String(unmet.message);
  return typeof phase === "string" ? `it is ${phase}` : undefined;
}
