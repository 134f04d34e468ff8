/** What a path of the API names (Kubernetes API concepts, "Resource URIs"). */
export type Route =
  | { readonly type: "resource"; readonly target: ResourceTarget }
  | { readonly type: "group-version"; readonly group: string; readonly version: string }
  | { readonly type: "group"; readonly group: string }
  | { readonly type: "other"; readonly path: string };

/** A resource, one of its objects, or a subresource of that. */
export interface ResourceTarget {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Absent for cluster-scoped objects, and for all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Reads a path. `/api/v1/namespaces/x` is the namespace itself; `/api/v1/namespaces/x/pods` are pods in it. */
export function routeOf(pathname: string): Route {
  const parts = pathname.split("/").filter(Boolean).map(decodePart);
  if (parts.includes(undefined)) return { type: "other", path: pathname };
  const [root, ...rest] = parts as string[];
  if (root === "api" && rest.length > 0) {
    const [version = "", ...path] = rest;
    return below("", version, path, pathname);
  }
  if (root === "apis" && rest.length > 0) {
    const [group = "", version, ...path] = rest;
    return version === undefined ? { type: "group", group } : below(group, version, path, pathname);
  }
  return { type: "other", path: pathname };
}

/** Subresources of a namespace itself. */
const NAMESPACE_PARTS = new Set(["status", "finalize"]);

function below(group: string, version: string, path: readonly string[], pathname: string): Route {
  const [first, second, third, ...rest] = path;
  if (first === undefined) return { type: "group-version", group, version };
  const scoped = first === "namespaces" && third !== undefined && !NAMESPACE_PARTS.has(third);
  const [plural, name, subresource, ...more] = scoped ? [third, ...rest] : path;
  if (plural === undefined || (more.length > 0 && subresource !== "proxy"))
    return { type: "other", path: pathname };
  return {
    type: "resource",
    target: {
      group,
      version,
      plural,
      ...(scoped && second !== undefined && { namespace: second }),
      ...(name !== undefined && { name }),
      ...(subresource !== undefined && { subresource }),
    },
  };
}

function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
