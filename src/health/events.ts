import type { HealthContext } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { textAt, timeAt } from "./fields.ts";

/** An Event, as far as health reads it. */
export interface EventFacts {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since 1970 of its first and last occurrence. */
  readonly first: number;
  readonly last: number;
}

/** Events about an object among the related ones, the latest first. */
export function eventsAbout(object: KubeObject, context: HealthContext): EventFacts[] {
  const { uid } = object.metadata;
  return context.related
    .filter((one) => one.kind === "Event" && textAt(one, "involvedObject", "uid") === uid)
    .map(factsOf)
    .sort((a, b) => b.last - a.last);
}

/** Events of the newer API leave the old times empty and carry `eventTime` and a series instead. */
function factsOf(event: KubeObject): EventFacts {
  const created = timeAt(event, "eventTime") ?? timeAt(event, "metadata", "creationTimestamp") ?? 0;
  const first = timeAt(event, "firstTimestamp") ?? created;
  return {
    type: textAt(event, "type"),
    reason: textAt(event, "reason"),
    message: textAt(event, "message"),
    first,
    last: timeAt(event, "lastTimestamp") ?? timeAt(event, "series", "lastObservedTime") ?? first,
  };
}
