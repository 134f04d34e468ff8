import type { LogRule } from "../../model/simulation.ts";
import { fillIn, nameFits } from "./pod-words.ts";

/** Milliseconds between two lines when a rule does not say. */
const EVERY = 100;

/** Which container's log is asked for. */
export interface LoggedContainer {
  readonly pod: string;
  readonly namespace: string;
  readonly container: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** A container's log: line `n` (from 0) with its time in milliseconds since 1970; undefined after the last. */
export interface SimulatedLog {
  readonly line: (n: number) => { readonly at: number; readonly text: string } | undefined;
  /** How many lines there are at a time, or before it. */
  readonly countAt: (time: number) => number;
}

/** The log of a container by the first rule that fits; without one, a word that no container runs. */
export function logOf(rules: readonly LogRule[], of: LoggedContainer): SimulatedLog {
  const { pod, namespace, container, startedAt } = of;
  const rule = rules.find(
    (each) => nameFits(each.pods ?? "*", pod) && (each.container ?? container) === container,
  );
  const lines = rule?.lines ?? [`simulated: no container runs in pod ${pod}`];
  const { every = EVERY, repeat = false } = rule ?? {};
  const most = repeat ? Number.POSITIVE_INFINITY : lines.length;
  return {
    line: (n) => {
      const text = lines[n % lines.length];
      if (n >= most || text === undefined) return undefined;
      return { at: startedAt + n * every, text: fillIn(text, { pod, namespace }) };
    },
    countAt: (time) =>
      time < startedAt ? 0 : Math.min(most, Math.floor((time - startedAt) / every) + 1),
  };
}
