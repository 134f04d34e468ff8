import type { SkipRequests, StepSkip } from "../../model/driver.ts";
import type { StepEnd } from "../run-step.ts";
import type { PlacedStep } from "./next-steps.ts";

/** Lets steps be skipped while a run goes on. */
export interface SkippingSteps {
  /** Runs a step; when it is asked to be skipped meanwhile, it is halted at its next safe point and counts as done. */
  run(
    plan: string,
    placed: PlacedStep,
    halt: AbortSignal,
    work: (halt: AbortSignal) => Promise<StepEnd>,
  ): Promise<StepEnd>;
  /** Hears of nothing more. */
  close(): void;
}

/** `leave` moves a step to where it is done; it is called at once for a step that does not run, for one that does when it has stopped. */
export function skipSteps(
  requests: SkipRequests | undefined,
  leave: (skip: StepSkip) => void,
): SkippingSteps {
  const running = new Map<string, AbortController>();
  const asked = new Map<string, StepSkip>();
  const close = requests?.listen((skip) => {
    const key = keyOf(skip.plan, skip.phase, skip.step);
    const step = running.get(key);
    if (step === undefined) return leave(skip);
    asked.set(key, skip);
    step.abort();
  });
  return {
    async run(plan, { phase, step }, halt, work) {
      const key = keyOf(plan, phase, step.name);
      const own = new AbortController();
      running.set(key, own);
      try {
        const end = await work(AbortSignal.any([halt, own.signal]));
        const skip = asked.get(key);
        if (end !== "halted" || halt.aborted || skip === undefined) return end;
        leave(skip);
        return "done";
      } finally {
        running.delete(key);
      }
    },
    close: () => close?.(),
  };
}

function keyOf(plan: string, phase: string, step: string): string {
  return JSON.stringify([plan, phase, step]);
}
