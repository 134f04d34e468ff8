import type { Health, HealthContext } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { type Condition, conditionOf } from "../conditions.ts";
import { numberAt, timeAt } from "../fields.ts";
import type { HealthRule } from "../rule.ts";
import { failed, progressing } from "../verdict.ts";

/** Any kind that kplan knows nothing of: judged by the conditions that most controllers write, and said so. */
export const unknownKind: HealthRule = { judge };

function judge(object: KubeObject, context: HealthContext): Health {
  const wanted = Math.max(object.metadata.generation ?? 0, context.written?.generation ?? 0);
  const observed = numberAt(object, "status", "observedGeneration");
  if (observed !== undefined && observed < wanted)
    return progressing("waiting for its controller to see the change", observed, wanted);
  if (observed === undefined && isJustWritten(object, context))
    return progressing("waiting for its controller to say something");

  for (const type of HOPELESS) {
    const condition = conditionOf(object, type);
    if (condition?.status === "True" && isCurrent(condition, wanted))
      return failed(
        condition.reason || type,
        `${object.kind} ${object.metadata.name}: ${words(condition)}`,
        { hint: describe(object) },
      );
  }
  const busy = conditionOf(object, "Reconciling");
  if (busy?.status === "True") return progressing(words(busy), busy.reason, busy.message);

  for (const type of GOOD) {
    const condition = conditionOf(object, type);
    if (condition === undefined) continue;
    if (condition.status === "True" && isCurrent(condition, wanted))
      return { state: "ready", message: type, judgedBy: "conditions" };
    return progressing(words(condition), condition.status, condition.reason, condition.message);
  }
  return { state: "ready", judgedBy: "existence" };
}

/** True means that it will not get there (Stalled: the convention of kstatus). */
const HOPELESS = ["Stalled", "Failed"];
/** True means that it is there; the first that an object has decides. */
const GOOD = ["Ready", "Available", "Healthy", "Complete", "Completed", "Succeeded", "Established"];

/** A condition may carry the generation it is about (meta/v1 Condition). */
function isCurrent({ raw }: Condition, wanted: number): boolean {
  return (numberAt(raw, "observedGeneration") ?? wanted) >= wanted;
}

function words({ type, status, reason, message }: Condition): string {
  const said = [reason, message].filter(Boolean).join(": ");
  return `condition ${type} is ${status}${said === "" ? "" : ` (${said})`}`;
}

/**
 * What a controller wrote before our write, or has not written yet, cannot be told from what holds now when nothing
 * is counted: nobody having touched the object since our write, a moment is waited.
 */
function isJustWritten(object: KubeObject, context: HealthContext): boolean {
  if (context.written?.resourceVersion === undefined) return false;
  if (context.written.resourceVersion !== object.metadata.resourceVersion) return false;
  const times = (object.metadata.managedFields ?? []).map((entry) => timeAt(entry, "time") ?? 0);
  const last = Math.max(timeAt(object, "metadata", "creationTimestamp") ?? 0, ...times);
  return context.now.getTime() - last < SETTLE;
}

const SETTLE = 3_000;

function describe(object: KubeObject): string {
  const { name, namespace } = object.metadata;
  const place = namespace === undefined ? "" : `-n ${namespace} `;
  return `kubectl ${place}describe ${object.kind.toLowerCase()} ${name}`;
}
