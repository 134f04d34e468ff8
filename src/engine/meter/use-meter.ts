import type { Meter } from "../../model/meter.ts";
import type { RunPath } from "../../model/run.ts";
import type { RunContext } from "../run-context.ts";
import type { MeterSession, SharedMeter } from "./meter-session.ts";
import { openMeter } from "./open-meter.ts";

/**
 * Opens a meter, or joins the one of the run that measures with the same pod already. `close` leaves it; the last one out removes the pod, and whoever comes then
 * waits for that: the pod has one name.
 * Throws what `openMeter` throws.
 */
export async function useMeter(
  meter: Meter,
  path: RunPath,
  run: RunContext,
): Promise<MeterSession> {
  const open = run.openMeters;
  const key = JSON.stringify([meter.pod, meter.container]);
  for (let before = open.get(key); before?.closing !== undefined; before = open.get(key))
    await before.closing.catch(() => undefined);
  const shared: SharedMeter = open.get(key) ?? { session: openMeter(meter, path, run), users: 0 };
  const forget = (): void => {
    if (open.get(key) === shared) open.delete(key);
  };
  open.set(key, shared);
  shared.users += 1;
  try {
    const session = await shared.session;
    return {
      ...session,
      close: async () => {
        shared.users -= 1;
        if (shared.users > 0) return;
        shared.closing = session.close().finally(forget);
        await shared.closing;
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}
