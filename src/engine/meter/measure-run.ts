import { meterFigures } from "../../gates/meter-figures.ts";
import type { MeterLine } from "../../model/meter.ts";
import type { RunFailure } from "../../model/run.ts";
import type { RunContext } from "../run-context.ts";
import { Halted } from "../steps/task-stop.ts";
import { meterFailure } from "./under-meter.ts";
import { useMeter } from "./use-meter.ts";

/** Ends the measuring of a run. */
export type EndMeasuring = () => Promise<void>;

/**
 * Begins to measure the whole run when that was asked for: the package's meter works from here on, and each step judges what falls into it. When it ends, what it found in
 * all is told and kept under the name of the run's first plan. Returns why it cannot begin. Throws a KplanError `lease-lost` and bugs only.
 */
export async function measureRun(run: RunContext): Promise<RunFailure | EndMeasuring> {
  const { inputs, clock } = run;
  const { meter } = inputs.pkg.operator;
  const [first] = inputs.plans;
  if (!inputs.meter || meter === undefined || first === undefined) return async () => undefined;
  const path = { plan: first.name };
  try {
    const session = await useMeter(meter, path, run);
    const figures = meterFigures(clock.monotonic());
    let last: MeterLine | undefined;
    const unlisten = session.listen((line, at) => {
      figures.add(line, at);
      last = line;
    });
    return async () => {
      unlisten();
      await session.close();
      if (last === undefined) return;
      const total = figures.summary();
      run.emit({ type: "meter", path, last, total });
      run.recorder.meter(first.name, total);
    };
  } catch (error) {
    if (error instanceof Halted) return async () => undefined;
    const failure = meterFailure(error, path);
    if (failure === undefined) throw error;
    return failure;
  }
}
