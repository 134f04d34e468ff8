import type { Health, HealthContext, RelativesQuery } from "../model/health.ts";
import { groupOf, type KubeObject } from "../model/kube-object.ts";
import type { Dialect } from "../model/package.ts";
import { computeHealth, relativesOf } from "./health.ts";

/** How objects are judged by a dialect. */
export interface HealthRules {
  readonly compute: typeof computeHealth;
  readonly relatives: typeof relativesOf;
}

/** The rules of a dialect, the native ones when there is none. */
export function healthRules(dialect: Dialect | undefined): HealthRules {
  return dialect === "kudo" ? KUDO : NATIVE;
}

const NATIVE: HealthRules = { compute: computeHealth, relatives: relativesOf };
const KUDO: HealthRules = { compute: kudoHealth, relatives: kudoRelatives };

/** Kinds whose health KUDO waited for (compat section 6), of any version. */
const JUDGED: ReadonlySet<string> = new Set([
  "apps/Deployment",
  "apps/StatefulSet",
  "batch/Job",
  "/Pod",
  "/Service",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "/Namespace",
  "kudo.dev/Instance",
]);

/**
 * How an object of a KUDO package is doing: kinds that KUDO judged as native packages have them, which waits for no less than KUDO did and says why where KUDO waited for
 * ever; any other kind is as it should be as soon as it is stored, unless it surely has failed. What it is on the way to is said, and not waited for.
 */
function kudoHealth(object: KubeObject | undefined, context: HealthContext): Health {
  const health = computeHealth(object, context);
  if (health.state !== "progressing" || object === undefined || isJudged(object)) return health;
  return { state: "ready", message: `not waited for: ${health.message}` };
}

/** What is not judged is not looked after. */
function kudoRelatives(object: KubeObject): RelativesQuery[] {
  return isJudged(object) ? relativesOf(object) : [];
}

function isJudged({ apiVersion, kind }: KubeObject): boolean {
  return JUDGED.has(`${groupOf(apiVersion)}/${kind}`);
}
