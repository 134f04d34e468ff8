import {
  type CallOptions,
  type Cluster,
  ClusterError,
  type ListQuery,
  type ObjectList,
} from "../model/cluster.ts";
import { isMap } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { type Api, about, call, limits, objectIn } from "./api.ts";
import { statusOf } from "./http/status-body.ts";
import { collectionPath, namespaceOf, objectPath, query } from "./paths.ts";

/** Objects of a page of a list; what client-go's pager asks for. */
const PAGE = 500;

/** `Cluster.get`. */
export async function getObject(
  api: Api,
  ref: ObjectRef,
  options?: CallOptions,
): Promise<KubeObject | undefined> {
  const resource = await api.discovery.resourceOf(ref.apiVersion, ref.kind);
  const path = objectPath(resource, ref);
  const reply = await call(
    api,
    { method: "GET", path, ...limits(options) },
    about(api, "get", ref),
    [404],
  );
  if (reply.status !== 404) return objectIn(reply);
  // A 404 that names the object; any other means that the kind is not served.
  if (statusOf(reply.body)?.details?.name) return undefined;
  throw await notServedHere(api, ref);
}

/** `Cluster.list`. */
export async function listObjects(
  api: Api,
  what: ListQuery,
  options?: CallOptions,
): Promise<ObjectList> {
  const end = api.clock.monotonic() + (options?.deadline ?? api.deadline);
  const resource = await api.discovery.resourceOf(what.apiVersion, what.kind);
  const path = collectionPath(resource, what.namespace);
  const items: KubeObject[] = [];
  let token: string | undefined;
  let limit: number | undefined = PAGE;
  for (;;) {
    const page = `${path}${query({ ...selectorsOf(what), limit, continue: token })}`;
    const deadline = Math.max(1, end - api.clock.monotonic());
    const subject = about(api, "list", what);
    const request = { method: "GET" as const, path: page, signal: options?.signal, deadline };
    const reply = await call(api, request, subject, [404, 410]);
    if (reply.status === 404) throw await notServedHere(api, what);
    if (reply.status === 410) {
      if (token === undefined)
        throw new ClusterError(
          "gone",
          `list ${subject.what}: the server has forgotten the version`,
          { status: 410, transient: true },
        );
      // The pages took longer than the server remembers: once more, all at once.
      items.length = 0;
      token = undefined;
      limit = undefined;
      continue;
    }
    const list: unknown = JSON.parse(reply.body);
    const metadata = isMap(list) && isMap(list.metadata) ? list.metadata : {};
    for (const item of isMap(list) && Array.isArray(list.items) ? list.items : [])
      items.push(withKind(item as KubeObject, what));
    token = typeof metadata.continue === "string" ? metadata.continue : "";
    if (token === "") return { items, resourceVersion: String(metadata.resourceVersion ?? "") };
  }
}

/** The selectors of a query as the API has them; one name is a field selector. */
export function selectorsOf(what: ListQuery): Record<string, string | undefined> {
  const fields = [
    what.name === undefined ? "" : `metadata.name=${what.name}`,
    what.fieldSelector ?? "",
  ];
  return {
    labelSelector: what.labelSelector,
    fieldSelector: fields.filter((text) => text !== "").join(","),
  };
}

/** `Cluster.logs`. */
export async function readLogs(
  api: Api,
  pod: ObjectRef,
  options: Parameters<Cluster["logs"]>[1],
): Promise<string> {
  const resource = await api.discovery.resourceOf("v1", "Pod");
  const { container, tailLines, since: sinceTime, previous } = options;
  const path = `${objectPath(resource, pod, "log")}${query({ container, tailLines, sinceTime, previous })}`;
  const request = { method: "GET" as const, path, accept: "application/json, */*" };
  return (await call(api, request, about(api, "get", pod))).body;
}

/** `Cluster.mayI`: asks the server for a SelfSubjectAccessReview (authorization.k8s.io/v1). */
export async function mayUser(
  api: Api,
  verb: string,
  ref: Parameters<Cluster["mayI"]>[1],
): Promise<boolean> {
  const resource = await api.discovery.resourceOf(ref.apiVersion, ref.kind);
  const [group = ""] = ref.apiVersion.includes("/") ? ref.apiVersion.split("/") : [];
  const namespace =
    ref.name === undefined ? ref.namespace : namespaceOf(resource, { ...ref, name: ref.name });
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: {
      resourceAttributes: {
        verb,
        group,
        resource: resource.plural,
        ...(resource.namespaced && namespace !== undefined && { namespace }),
        ...(ref.name !== undefined && { name: ref.name }),
        ...(ref.subresource !== undefined && { subresource: ref.subresource }),
      },
    },
  };
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const subject = about(api, "create", { apiVersion: review.apiVersion, kind: review.kind });
  const reply = await call(api, { method: "POST", path, body: review, repeatable: true }, subject);
  const { status } = objectIn(reply);
  return isMap(status) && status.allowed === true;
}

/** Items of a list do not say what they are. */
function withKind(item: KubeObject, { apiVersion, kind }: ListQuery): KubeObject {
  return item.kind === undefined ? { ...item, apiVersion, kind } : item;
}

function notServedHere(api: Api, ref: { apiVersion: string; kind: string }): Promise<ClusterError> {
  return api.discovery.notServed(ref.apiVersion, ref.kind);
}
