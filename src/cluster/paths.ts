import { ClusterError, type Resource } from "../model/cluster.ts";

/** Path of a kind's objects: of all of them (no namespace), or of those in a namespace. Segments are encoded, never changed in case. */
export function collectionPath(resource: Resource, namespace: string | undefined): string {
  const { apiVersion, plural } = resource;
  const root = apiVersion.includes("/") ? "/apis" : "/api";
  const version = apiVersion.split("/").map(encodeURIComponent).join("/");
  const inside =
    resource.namespaced && namespace !== undefined
      ? `/namespaces/${encodeURIComponent(namespace)}`
      : "";
  return `${root}/${version}${inside}/${encodeURIComponent(plural)}`;
}

/** Path of one object, or of a part of it (`status`, `scale`, `log`, `exec`). Throws ClusterError `invalid` when a namespaced object has no namespace. */
export function objectPath(
  resource: Resource,
  object: { readonly name: string; readonly namespace?: string },
  subresource?: string,
): string {
  if (object.name === "") throw new ClusterError("invalid", `a ${resource.kind} without a name`);
  const tail = subresource === undefined ? "" : `/${subresource}`;
  const path = collectionPath(resource, namespaceOf(resource, object));
  return `${path}/${encodeURIComponent(object.name)}${tail}`;
}

/** The namespace to use in a path. Throws ClusterError `invalid` when a namespaced object has none. */
export function namespaceOf(
  resource: Resource,
  object: { readonly name: string; readonly namespace?: string },
): string | undefined {
  if (!resource.namespaced) return undefined;
  if (object.namespace) return object.namespace;
  throw new ClusterError("invalid", `${resource.kind} ${object.name} has no namespace`);
}

/** `?a=1&b=2` of what is set, or an empty text. */
export function query(
  parameters: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const set = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters))
    if (value !== undefined && value !== "") set.set(key, String(value));
  return set.size === 0 ? "" : `?${set}`;
}
