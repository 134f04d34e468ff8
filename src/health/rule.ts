import type { Health, HealthContext, RelativesQuery } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** How one kind is judged. Both functions are pure. */
export interface HealthRule {
  /** Judges an object that exists, is not being deleted and is not older than our own write. */
  judge(object: KubeObject, context: HealthContext): Health;
  /** What else must be seen to judge it; nothing when absent. */
  relatives?(object: KubeObject): RelativesQuery[];
}
