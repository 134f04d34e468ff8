import { type CallOptions, ClusterError, type Resource } from "../model/cluster.ts";
import { isMap } from "../model/json.ts";
import { groupOf } from "../model/kube-object.ts";
import { KUDO_API_VERSION } from "../model/names.ts";
import { nearest } from "../model/nearest.ts";
import type { Capabilities } from "../model/scope.ts";
import { wellKnown } from "./well-known-kinds.ts";

/** Reads a JSON document of the API server; undefined when there is none (404). */
export type ReadDocument = (path: string, options?: CallOptions) => Promise<unknown>;

/** What a server serves. */
export interface Discovery {
  resourceOf(apiVersion: string, kind: string): Promise<Resource>;
  capabilities(): Promise<Capabilities>;
  /** The error for a kind that turned out not to be served: names the versions in which the server has it, else the nearest kind. */
  notServed(apiVersion: string, kind: string): Promise<ClusterError>;
}

/** Discovery that asks for no more than is needed, and keeps what it found. */
export function makeDiscovery(read: ReadDocument): Discovery {
  const kept = new Map<string, Promise<readonly Resource[]>>();
  let capabilities: Promise<Capabilities> | undefined;

  async function ask(apiVersion: string): Promise<readonly Resource[]> {
    return resourcesIn(await read(documentOf(apiVersion)), apiVersion);
  }

  /** What is served under an apiVersion; several who ask at once share one request, and a failed one is not kept. */
  function resources(apiVersion: string, again: boolean): Promise<readonly Resource[]> {
    const known = again ? undefined : kept.get(apiVersion);
    if (known !== undefined) return known;
    const asked = ask(apiVersion);
    kept.set(apiVersion, asked);
    asked.catch(() => kept.delete(apiVersion));
    return asked;
  }

  async function askCapabilities(): Promise<Capabilities> {
    const [version, groups] = await Promise.all([read("/version"), read("/apis")]);
    const APIVersions = ["v1", ...groupVersionsIn(groups)];
    return { KubeVersion: kubeVersionOf(version), APIVersions };
  }

  return {
    async resourceOf(apiVersion, kind) {
      const known = wellKnown(apiVersion, kind);
      if (known !== undefined) return known;
      const kindIs = (resource: Resource): boolean => resource.kind === kind;
      const asked = kept.has(apiVersion);
      let served = await resources(apiVersion, false);
      // A CustomResourceDefinition may have been installed since we asked.
      if (asked && !served.some(kindIs)) served = await resources(apiVersion, true);
      const found = served.find(kindIs);
      if (found !== undefined) return found;
      throw await notServed(read, apiVersion, kind, served);
    },
    notServed: (apiVersion, kind) => notServed(read, apiVersion, kind),
    capabilities() {
      if (capabilities === undefined) {
        capabilities = askCapabilities();
        capabilities.catch(() => {
          capabilities = undefined;
        });
      }
      return capabilities;
    },
  };
}

async function notServed(
  read: ReadDocument,
  apiVersion: string,
  kind: string,
  served?: readonly Resource[],
): Promise<ClusterError> {
  const text = `the server does not serve ${kind} of ${apiVersion}`;
  if (apiVersion === KUDO_API_VERSION)
    return new ClusterError("not-served", text, {
      status: 404,
      hint: "install kplan's CustomResourceDefinitions: kplan init",
    });
  const here = served ?? resourcesIn(await read(documentOf(apiVersion)), apiVersion);
  const versions = ["v1", ...groupVersionsIn(await read("/apis"))];
  const sameGroup = versions.filter((other) => groupOf(other) === groupOf(apiVersion));
  const others = versions.filter((other) => !sameGroup.includes(other));
  for (const places of [sameGroup, others]) {
    const having = await versionsHaving(read, places, kind);
    if (having.length > 0)
      return new ClusterError("not-served", `${text}; it serves ${kind} of ${having.join(", ")}`, {
        status: 404,
        hint: `use apiVersion: ${having[0]}`,
      });
  }
  const guess = nearest(kind, new Set(here.map((resource) => resource.kind)));
  if (guess !== undefined)
    return new ClusterError("not-served", `${text}, did you mean "${guess}"?`, { status: 404 });
  return new ClusterError("not-served", text, {
    status: 404,
    hint: `install the CustomResourceDefinition of ${kind} first`,
  });
}

async function versionsHaving(
  read: ReadDocument,
  versions: readonly string[],
  kind: string,
): Promise<string[]> {
  const lists = await Promise.all(
    versions.map(async (version) => {
      // An aggregated API whose server is down must not hide the rest.
      const document = await read(documentOf(version)).catch(() => undefined);
      return resourcesIn(document, version).some((resource) => resource.kind === kind);
    }),
  );
  return versions.filter((_, index) => lists[index]);
}

function documentOf(apiVersion: string): string {
  const root = apiVersion.includes("/") ? "/apis" : "/api";
  return `${root}/${apiVersion.split("/").map(encodeURIComponent).join("/")}`;
}

/** The resources of an APIResourceList, subresources left out. */
function resourcesIn(document: unknown, apiVersion: string): Resource[] {
  if (!isMap(document) || !Array.isArray(document.resources)) return [];
  return document.resources.filter(isMap).flatMap((item) => {
    const plural = String(item.name);
    if (plural.includes("/")) return [];
    const verbs = Array.isArray(item.verbs) ? item.verbs.map(String) : [];
    return [
      { apiVersion, kind: String(item.kind), plural, namespaced: item.namespaced === true, verbs },
    ];
  });
}

/** The group versions of an APIGroupList. */
function groupVersionsIn(document: unknown): string[] {
  if (!isMap(document) || !Array.isArray(document.groups)) return [];
  return document.groups.filter(isMap).flatMap((group) => {
    const versions = Array.isArray(group.versions) ? group.versions.filter(isMap) : [];
    return versions.map((version) => String(version.groupVersion));
  });
}

/** Cloud providers answer `"20+"` for minor. */
function kubeVersionOf(document: unknown): Capabilities["KubeVersion"] {
  const version = isMap(document) ? document : {};
  const number = (value: unknown): number => Number.parseInt(String(value), 10) || 0;
  return { Major: number(version.major), Minor: number(version.minor) };
}
