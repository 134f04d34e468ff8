import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { ApiError } from "../http/api-error.ts";
import { labelSelectorTest } from "../objects/selector.ts";
import { type Draft, mapsOf } from "../rules/rule.ts";
import type { ServerState } from "../server-state.ts";
import type { Admission } from "./admit.ts";

const GROUP = "admissionregistration.k8s.io";
const CONFIGURATIONS = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];

/**
 * Asks the admission webhooks that a write concerns. No container runs here, so none of them answers: each is as one whose pods are down. With `failurePolicy: Ignore` the write
 * goes through, with `Fail` (the default) it is refused. Throws ApiError 500.
 */
export function callWebhooks(state: ServerState, admission: Admission): void {
  // As on every server: else nobody could mend them.
  if (admission.kind.group === GROUP) return;
  for (const plural of CONFIGURATIONS) {
    const key = `${GROUP}/${plural}`;
    if (!state.store.keys().includes(key)) continue;
    for (const { webhooks } of state.store.list(key, ""))
      for (const webhook of mapsOf(webhooks))
        if (webhook.failurePolicy !== "Ignore" && concerns(webhook, admission, state))
          throw unreachable(webhook, state);
  }
}

function concerns(webhook: Draft, admission: Admission, { store }: ServerState): boolean {
  const { kind, object } = admission;
  const { namespace, labels = {} } = object.metadata;
  if (!mapsOf(webhook.rules).some((rule) => fits(rule, admission))) return false;
  if (!selects(webhook.objectSelector, labels)) return false;
  const home =
    kind.group === "" && kind.kind === "Namespace"
      ? object
      : namespace === undefined
        ? undefined
        : store.get("/namespaces", "", namespace);
  return home === undefined || selects(webhook.namespaceSelector, home.metadata.labels ?? {});
}

function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  if (!isMap(selector) || Object.keys(selector).length === 0) return true;
  return labelSelectorTest(selector)(labels);
}

function fits(rule: Draft, { operation, kind, subresource }: Admission): boolean {
  const { group, version, plural, namespaced } = kind;
  const scope = rule.scope ?? "*";
  const names =
    subresource === undefined
      ? ["*", "*/*", plural]
      : ["*/*", `*/${subresource}`, `${plural}/*`, `${plural}/${subresource}`];
  return (
    listed(rule.operations, ["*", operation]) &&
    listed(rule.apiGroups, ["*", group]) &&
    listed(rule.apiVersions, ["*", version]) &&
    listed(rule.resources, names) &&
    (scope === "*" || scope === (namespaced ? "Namespaced" : "Cluster"))
  );
}

function listed(list: unknown, any: readonly string[]): boolean {
  return Array.isArray(list) && any.some((one) => list.includes(one));
}

function unreachable({ name, clientConfig, timeoutSeconds }: Draft, state: ServerState): ApiError {
  const { service, url } = isMap(clientConfig) ? clientConfig : {};
  const [address, why] = isMap(service) ? served(service, state) : [String(url), refused(url)];
  const full = `${address}?timeout=${Number(timeoutSeconds ?? 10)}s`;
  const message = `failed calling webhook "${String(name)}": Post "${full}": ${why}`;
  return new ApiError(500, "InternalError", `Internal error occurred: ${message}`, {
    causes: [{ message }],
  });
}

/** Where a webhook of a Service is asked, and why nobody answers there. */
function served(service: Draft, { store }: ServerState): [address: string, why: string] {
  const [name, namespace] = [String(service.name), String(service.namespace)];
  const port = Number(service.port ?? 443);
  const path = typeof service.path === "string" ? service.path : "/";
  const address = `https://${name}.${namespace}.svc:${port}${path}`;
  const found: KubeObject | undefined = store.get("/services", namespace, name);
  if (found === undefined) return [address, `service "${name}" not found`];
  const ip = isMap(found.spec) ? String(found.spec.clusterIP) : "";
  return [address, `dial tcp ${ip}:${port}: connect: connection refused`];
}

function refused(url: unknown): string {
  const { hostname, port } = new URL(String(url));
  return `dial tcp ${hostname}:${port || 443}: connect: connection refused`;
}
