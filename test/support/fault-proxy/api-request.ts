/** What a request asks of the API server, as its audit log would name it. */
export interface AsksFor {
  readonly verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "other";
  /** Of the API: empty for the core group, and where nothing is asked of a kind. */
  readonly group: string;
  /** Plural: `pods`; empty where nothing is asked of a kind (discovery, versions). */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** Of a list: it goes on where another one ended. */
  readonly continues: boolean;
  /** Of a deletion: it names the version that it deletes. */
  readonly atVersion: boolean;
}

const COLLECTION: Readonly<Record<string, AsksFor["verb"]>> = { GET: "list", POST: "create" };
const OBJECT: Readonly<Record<string, AsksFor["verb"]>> = {
  ...{ GET: "get", POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" },
};

/** Reads the method, the path and the body of a request to the Kubernetes API. */
export function asksFor(method: string, url: string, body = ""): AsksFor {
  const { pathname, searchParams } = new URL(url, "http://x");
  const [api, ...rest] = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const group = api === "apis" ? (rest.shift() ?? "") : "";
  // What follows is the version.
  rest.shift();
  const namespace = rest[0] === "namespaces" && rest.length > 2 ? (rest.splice(0, 2)[1] ?? "") : "";
  const [resource = "", name = "", subresource = ""] = rest;
  const atVersion = method === "DELETE" && /"preconditions":\{[^}]*"resourceVersion"/.test(body);
  const about = { group, resource, namespace, name, subresource, atVersion };
  const continues = searchParams.has("continue");
  if ((api !== "api" && api !== "apis") || resource === "")
    return { ...about, verb: "other", continues };
  const verbs = name === "" ? COLLECTION : OBJECT;
  const watches = searchParams.get("watch") === "true";
  return { ...about, verb: watches ? "watch" : (verbs[method] ?? "other"), continues };
}
