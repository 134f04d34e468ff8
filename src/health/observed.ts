import type { HealthContext, Progressing } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { countAt, numberAt } from "./fields.ts";
import { progressing } from "./verdict.ts";

/** What is to be said while the kind's controller has not seen the newest spec; undefined once it has. */
export function notYetObserved(
  object: KubeObject,
  context: HealthContext,
): Progressing | undefined {
  const wanted = Math.max(object.metadata.generation ?? 0, context.written?.generation ?? 0);
  const observed = countAt(object, "status", "observedGeneration");
  if (observed >= wanted && observed > 0) return undefined;
  return progressing("waiting for its controller to see the change", observed, wanted);
}

/** True when what was read is older than our own write: a watch or a cache that lags behind. */
export function isOlderThanWrite(object: KubeObject, context: HealthContext): boolean {
  const { generation, resourceVersion } = context.written ?? {};
  if (generation !== undefined && (object.metadata.generation ?? generation) < generation)
    return true;
  const written = numberAt(resourceVersion);
  const seen = numberAt(object.metadata.resourceVersion);
  // Resource versions count up on every server there is; one that is no number cannot be compared and is let pass.
  return written !== undefined && seen !== undefined && seen < written;
}
