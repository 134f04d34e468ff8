import { type Cluster, ClusterError } from "../../model/cluster.ts";
import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";

const KINDS: readonly string[] = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];
const API = "admissionregistration.k8s.io/v1";

/**
 * The same error with the configuration that names its webhook, and with the commands that free the way: an administrator must know what to mend or to delete. As it is where
 * that cannot be read.
 */
export async function withWebhookHome(
  error: ClusterError,
  cluster: Pick<Cluster, "list">,
): Promise<ClusterError> {
  const name = /admission webhook "?([^" ]+)"?/.exec(error.message)?.[1];
  if (error.kind !== "webhook" || name === undefined) return error;
  const homes = await Promise.all(KINDS.map((kind) => homesOf(name, kind, cluster)));
  const [home] = homes.flat();
  if (home === undefined) return error;
  const { kind, service } = home;
  const place = `${kind} ${home.name}`;
  const served = service === undefined ? "" : `, served by Service ${service.join("/")}`;
  const isDenied = error.message.includes("denied the request");
  const see =
    service === undefined
      ? `kubectl get ${kind.toLowerCase()} ${home.name} -o yaml`
      : `kubectl -n ${service[0]} get endpoints ${service[1]}`;
  return new ClusterError("webhook", `${error.message} (of ${place}${served})`, {
    status: error.status,
    transient: error.transient,
    uncertain: error.uncertain,
    cause: error,
    ...(error.ref && { ref: error.ref }),
    hint: isDenied
      ? `do what it asks for, or see its rules: kubectl get ${kind.toLowerCase()} ${home.name} -o yaml`
      : `see what serves it: ${see}; if it is not needed any more: kubectl delete ${kind.toLowerCase()} ${home.name}`,
  });
}

interface Home {
  readonly kind: string;
  readonly name: string;
  /** Namespace and name. */
  readonly service: readonly [string, string] | undefined;
}

async function homesOf(
  name: string,
  kind: string,
  cluster: Pick<Cluster, "list">,
): Promise<Home[]> {
  const found = await cluster.list({ apiVersion: API, kind }).catch(() => ({ items: [] }));
  return found.items.flatMap((object: KubeObject) =>
    webhooksOf(object)
      .filter((webhook) => webhook.name === name)
      .map((webhook) => ({ kind, name: object.metadata.name, service: serviceOf(webhook) })),
  );
}

function webhooksOf({ webhooks }: KubeObject): readonly Record<string, unknown>[] {
  return Array.isArray(webhooks) ? webhooks.filter(isMap) : [];
}

function serviceOf({ clientConfig }: Record<string, unknown>): Home["service"] {
  const service = isMap(clientConfig) ? clientConfig.service : undefined;
  return isMap(service) ? [String(service.namespace), String(service.name)] : undefined;
}
