import type { Condition } from "./shapes.ts";

/** A condition that may be set: the times are filled in. */
export type NewCondition = Pick<Condition, "type" | "status" | "reason" | "message">;

/** The condition of a type. */
export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((one) => one.type === type);
}

/** The list with one condition set; its transition time changes only with its status, and it keeps its place. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  next: NewCondition,
  now: string,
): Condition[] {
  const list = conditions ?? [];
  const old = conditionOf(list, next.type);
  const lastTransitionTime = old?.status === next.status ? old.lastTransitionTime : now;
  const { lastUpdateTime, lastProbeTime }: Partial<Condition> = old ?? {};
  const made = {
    ...next,
    ...(lastUpdateTime !== undefined && { lastUpdateTime }),
    ...(lastProbeTime !== undefined && { lastProbeTime }),
    ...(lastTransitionTime !== undefined && { lastTransitionTime }),
  };
  return old === undefined ? [...list, made] : list.map((one) => (one === old ? made : one));
}
