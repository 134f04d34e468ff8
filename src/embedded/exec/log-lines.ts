import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { LogRule } from "../../model/simulation.ts";
import { fillIn, nameFits } from "./pod-words.ts";

/** Milliseconds between two lines when a rule does not say. */
const EVERY = 100;

/** Milliseconds for which a pod prints in all, without end where a rule repeats; undefined when no rule is about it. */
export function printingTime(
  rules: readonly LogRule[],
  { metadata, spec }: KubeObject,
): number | undefined {
  const containers = isMap(spec) && Array.isArray(spec.containers) ? spec.containers : [];
  const times = containers.flatMap((container: unknown) => {
    const name = isMap(container) ? String(container.name) : "";
    const rule = ruleFor(rules, metadata.name, name);
    if (rule === undefined) return [];
    const { every = EVERY, lines, repeat } = rule;
    return [repeat ? Number.POSITIVE_INFINITY : lines.length * every];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

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
  const rule = ruleFor(rules, pod, container);
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

function ruleFor(rules: readonly LogRule[], pod: string, container: string): LogRule | undefined {
  return rules.find(
    (each) => nameFits(each.pods ?? "*", pod) && (each.container ?? container) === container,
  );
}
