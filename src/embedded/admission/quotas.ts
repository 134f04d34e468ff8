import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { forbidden } from "../http/api-error.ts";
import { type ServedKind, storageKey } from "../kinds/served-kind.ts";
import type { ServerState } from "../server-state.ts";
import type { Store } from "../store.ts";

const QUOTAS = "/resourcequotas";

/** Kinds of the core group that a quota names without `count/`. */
const NAMED = new Set([
  "configmaps",
  "persistentvolumeclaims",
  "pods",
  "replicationcontrollers",
  "resourcequotas",
  "secrets",
  "services",
]);

/**
 * Refuses a new object that goes beyond a ResourceQuota of its namespace. Objects are counted (`pods`, `count/deployments.apps`); what their specs request is not, and quotas
 * with scopes are passed over. Throws ApiError 403.
 */
export function checkQuotas({ store }: ServerState, kind: ServedKind, object: KubeObject): void {
  const { namespace, name } = object.metadata;
  if (namespace === undefined || !store.keys().includes(QUOTAS)) return;
  for (const quota of store.list(QUOTAS, namespace)) {
    const over = Object.entries(limitsOf(quota)).filter(
      ([resource, limit]) =>
        namesOf(kind).includes(resource) && used(store, namespace, resource, kind) + 1 > limit,
    );
    if (over.length === 0) continue;
    const text = (value: (resource: string, limit: number) => number): string =>
      over.map(([resource, limit]) => `${resource}=${value(resource, limit)}`).join(",");
    const requested = text(() => 1);
    const had = text((resource) => used(store, namespace, resource, kind));
    throw forbidden(
      kind,
      name,
      `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${had}, limited: ${text((_, limit) => limit)}`,
    );
  }
}

/** Status of a ResourceQuota: what is limited, and how much of it there is. */
export function quotaStatus(
  { store, kinds }: ServerState,
  quota: KubeObject,
): { readonly hard: Record<string, string>; readonly used: Record<string, string> } {
  const { namespace = "" } = quota.metadata;
  const hard: Record<string, string> = {};
  const counts: Record<string, string> = {};
  for (const [resource, limit] of Object.entries(limitsOf(quota))) {
    const kind = kinds.all().find((one) => one.namespaced && namesOf(one).includes(resource));
    hard[resource] = String(limit);
    if (kind !== undefined) counts[resource] = String(used(store, namespace, resource, kind));
  }
  return { hard, used: counts };
}

/** How quotas name a kind. */
function namesOf({ group, plural }: ServedKind): string[] {
  const count = `count/${plural}${group === "" ? "" : `.${group}`}`;
  return group === "" && NAMED.has(plural) ? [plural, count] : [count];
}

function limitsOf({ spec }: KubeObject): Record<string, number> {
  const { hard, scopes, scopeSelector } = isMap(spec) ? spec : {};
  if (!isMap(hard) || scopeSelector !== undefined || (Array.isArray(scopes) && scopes.length > 0))
    return {};
  const numbers = Object.entries(hard).map(([name, value]) => [name, Number(value)] as const);
  return Object.fromEntries(numbers.filter(([, value]) => Number.isFinite(value)));
}

/** `pods` leaves out those that have ended, `count/pods` does not. */
function used(store: Store, namespace: string, resource: string, kind: ServedKind): number {
  const all = store.list(storageKey(kind), namespace);
  return resource === "pods" ? all.filter((pod) => !hasEnded(pod)).length : all.length;
}

function hasEnded({ status }: KubeObject): boolean {
  return isMap(status) && (status.phase === "Succeeded" || status.phase === "Failed");
}
