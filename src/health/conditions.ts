import type { KubeObject } from "../model/kube-object.ts";
import { mapsAt, textAt, timeAt } from "./fields.ts";

/** A condition of `status.conditions`. */
export interface Condition {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since 1970 of its last transition, if it says. */
  readonly since: number | undefined;
  /** The condition as the object has it. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The condition of a type; undefined when the object does not have it. */
export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  const raw = mapsAt(object, "status", "conditions").find((one) => one.type === type);
  if (raw === undefined) return undefined;
  return {
    type,
    status: textAt(raw, "status"),
    reason: textAt(raw, "reason"),
    message: textAt(raw, "message"),
    since: timeAt(raw, "lastTransitionTime"),
    raw,
  };
}

/** True when the object has the condition and it says True. */
export function isTrue(object: KubeObject, type: string): boolean {
  return conditionOf(object, type)?.status === "True";
}
