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
 * Why a controller cannot make pods (quota, a policy that forbids them): progress at first, a failure once that has lasted a while, for a ServiceAccount that is
 * made together with its namespace, or a quota that an old pod still uses, clears up by itself.
 */
export function creationFailure(
  owner: KubeObject,
  context: HealthContext,
): Failed | Progressing | undefined {
  const event = eventsAbout(owner, context)[0];
  if (event?.reason !== "FailedCreate") return undefined;
  const since = Math.max(event.first, lastWrite(owner));
  return event.last < since ? undefined : refusedFor(owner, event.message, since, context);
}

/** How an owner is doing whose pods have been refused since a time: failed, once that was borne long enough; `message` is what the API server answered the controller. */
export function refusedFor(
  owner: KubeObject,
  message: string,
  since: number,
  { now, since: begun }: HealthContext,
): Failed | Progressing {
  const borneSince = Math.max(since, begun?.getTime() ?? 0);
  const cause = causeOf(message);
  if (now.getTime() - borneSince >= cause.grace) return forbidden(owner, message, cause);
  return progressing(`its pods are refused: ${message}`, "refused");
}

interface Cause {
  readonly reason: string;
  /** Milliseconds that it is borne. */
  readonly grace: number;
  /** What to look at, after `kubectl`; the owner when absent. */
  readonly look?: (namespace: string) => string;
}

/** How long each refusal may take to mend by itself, and what to do then. */
function causeOf(message: string): Cause {
  if (message.includes("because it is being terminated"))
    return {
      reason: "NamespaceTerminating",
      grace: 0,
      look: (namespace) => `wait --for=delete namespace/${namespace}`,
    };
  if (message.includes("exceeded quota"))
    return {
      reason: "QuotaExceeded",
      grace: 120_000,
      look: (namespace) => `-n ${namespace} describe quota`,
    };
  if (/failed (?:calling|to call) (?:admission )?webhook/.test(message))
    return {
      reason: "WebhookDown",
      grace: 300_000,
      look: () => "get validatingwebhookconfigurations,mutatingwebhookconfigurations",
    };
  return { reason: "FailedCreate", grace: 20_000 };
}

function forbidden(owner: KubeObject, message: string, { reason, look }: Cause): Failed {
  const { name, namespace = "default" } = owner.metadata;
  const rest = look?.(namespace) ?? `-n ${namespace} describe ${owner.kind.toLowerCase()} ${name}`;
  return failed(reason, `pods of ${owner.kind} ${name} cannot be created: ${message}`, {
    hint: `kubectl ${rest}`,
  });
}

/** When kplan last changed the object: failures from before are of another spec. */
function lastWrite(object: KubeObject): number {
  const times = (object.metadata.managedFields ?? [])
    .filter(({ manager }) => manager === FIELD_MANAGER)
    .map((entry) => timeAt(entry, "time") ?? 0);
  return Math.max(0, ...times);
}
