import type { Failed, HealthContext, Progressing } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { FIELD_MANAGER } from "../model/names.ts";
import { eventsAbout } from "./events.ts";
import { timeAt } from "./fields.ts";
import { withoutDurations } from "./pod-node.ts";
import { isPodReady } from "./pod-serves.ts";
import { podSigns, podStage } from "./pod-stage.ts";
import { podTrouble } from "./pod-trouble.ts";
import { failed, progressing } from "./verdict.ts";

/** The related objects of a kind whose controller is `owner`, by name in counting order (galera-2 before galera-10). */
export function ownedBy(owner: KubeObject, kind: string, context: HealthContext): KubeObject[] {
  return context.related
    .filter((one) => one.kind === kind && isOwned(one, owner))
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name, "en", { numeric: true }));
}

function isOwned(object: KubeObject, owner: KubeObject): boolean {
  return (object.metadata.ownerReferences ?? []).some(
    ({ uid, controller }) => controller === true && uid === owner.metadata.uid,
  );
}

/** The first failure that is final among these pods. */
export function finalFailure(
  pods: readonly KubeObject[],
  context: HealthContext,
): Failed | undefined {
  for (const pod of pods) {
    if (isPodReady(pod)) continue;
    const trouble = podTrouble(pod, context);
    if (trouble?.final) return trouble.failure;
  }
  return undefined;
}

/** `1 of 3 pods ready; galera-1: pulling image mariadb:10.11`. */
export function podsProgress(
  wanted: number,
  pods: readonly KubeObject[],
  context: HealthContext,
  note = "",
): Progressing {
  const count = pods.filter(isPodReady).length;
  const late = pods.find((pod) => !isPodReady(pod));
  const stage = note || (late === undefined ? "" : podStage(late, context));
  const message = `${count} of ${wanted} pods ready${stage === "" ? "" : `; ${stage}`}`;
  return progressing(message, withoutDurations(message), pods.map(podSigns));
}

/**
 * Why a controller cannot make pods (quota, a policy that forbids them), once that has lasted a while: a ServiceAccount that is
 * made together with its namespace, or a quota that an old pod still uses, clears up in seconds.
 */
export function creationFailure(owner: KubeObject, context: HealthContext): Failed | undefined {
  const event = eventsAbout(owner, context)[0];
  if (event?.reason !== "FailedCreate") return undefined;
  const since = Math.max(event.first, lastWrite(owner));
  const now = context.now.getTime();
  if (event.last < since || now - since < FORBIDDEN_GRACE) return undefined;
  return forbidden(owner, event.message);
}

/** The failure for a pod that may not be created; `message` is what the API server answered the controller. */
export function forbidden(owner: KubeObject, message: string): Failed {
  const quota = /exceeded quota/.test(message);
  const namespace = owner.metadata.namespace ?? "default";
  return failed(
    quota ? "QuotaExceeded" : "FailedCreate",
    `pods of ${owner.kind} ${owner.metadata.name} cannot be created: ${message}`,
    {
      hint: quota
        ? `kubectl -n ${namespace} describe quota`
        : `kubectl -n ${namespace} describe ${owner.kind.toLowerCase()} ${owner.metadata.name}`,
    },
  );
}

/** Milliseconds that a refusal to create pods is borne. */
export const FORBIDDEN_GRACE = 20_000;

/** When kplan last changed the object: failures from before are of another spec. */
function lastWrite(object: KubeObject): number {
  const times = (object.metadata.managedFields ?? [])
    .filter(({ manager }) => manager === FIELD_MANAGER)
    .map((entry) => timeAt(entry, "time") ?? 0);
  return Math.max(0, ...times);
}
