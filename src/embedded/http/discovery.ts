import { createHash } from "node:crypto";
import { groupVersions, type KindRegistry } from "../kinds/kind-registry.ts";
import { apiVersionOf, type ServedKind } from "../kinds/served-kind.ts";

/** Kubernetes version that the server claims; `+kplan` says that it is not one. */
const CLAIMED_VERSION = { major: "1", minor: "34", gitVersion: "v1.34.0+kplan" } as const;

const VERBS = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
] as const;

/** Subresources of pods that are simulated. */
const POD_PARTS = ["exec", "log", "attach", "eviction"];

/** `/api`: versions of the core group. */
export function coreVersions(): object {
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [],
  };
}

/** `/apis`: all other groups. */
export function groupList(kinds: KindRegistry): object {
  const groups = [...groupVersions(kinds.all())].filter(([group]) => group !== "");
  return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupEntry) };
}

/** `/apis/GROUP`; undefined when it is not served. */
export function groupOf(kinds: KindRegistry, group: string): object | undefined {
  const versions = groupVersions(kinds.all()).get(group);
  return versions && { kind: "APIGroup", apiVersion: "v1", ...groupEntry([group, versions]) };
}

function groupEntry([name, versions]: readonly [string, readonly string[]]): object {
  const list = versions.map((groupVersion) => ({
    groupVersion,
    version: groupVersion.slice(groupVersion.indexOf("/") + 1),
  }));
  return { name, versions: list, preferredVersion: list[0] };
}

/** `/api/v1`, `/apis/GROUP/VERSION`: the resources of a version; undefined when it is not served. */
export function resourceList(
  kinds: KindRegistry,
  group: string,
  version: string,
): object | undefined {
  const served = kinds.all().filter((kind) => kind.group === group && kind.version === version);
  const [first] = served;
  if (!first) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf(first),
    resources: served.flatMap(resourceEntries),
  };
}

function resourceEntries(kind: ServedKind): object[] {
  const { plural, singular, namespaced, shortNames, categories } = kind;
  const entries: object[] = [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind: kind.kind,
      verbs: kind.virtual ? ["create"] : VERBS,
      ...(shortNames.length > 0 && { shortNames }),
      ...(categories.length > 0 && { categories }),
      storageVersionHash: createHash("sha256")
        .update(`${kind.group}/${plural}`)
        .digest("base64")
        .slice(0, 12),
    },
  ];
  const part = (name: string, more: object): object => ({
    name: `${plural}/${name}`,
    singularName: "",
    namespaced,
    ...more,
  });
  if (kind.status)
    entries.push(part("status", { kind: kind.kind, verbs: ["get", "patch", "update"] }));
  if (kind.scale)
    entries.push(
      part("scale", {
        group: "autoscaling",
        version: "v1",
        kind: "Scale",
        verbs: ["get", "patch", "update"],
      }),
    );
  if (kind.kind === "Pod" && kind.group === "")
    entries.push(
      ...POD_PARTS.map((name) =>
        part(name, {
          kind: POD_KINDS[name] ?? "Pod",
          verbs: name === "log" ? ["get"] : ["create", "get"],
        }),
      ),
    );
  return entries;
}

const POD_KINDS: Readonly<Record<string, string>> = {
  exec: "PodExecOptions",
  attach: "PodAttachOptions",
  eviction: "Eviction",
};

/** `/version`. */
export function versionInfo(claimed?: string): object {
  const [major = "", minor = ""] = claimed?.split(".") ?? [];
  return {
    ...(claimed ? { major, minor, gitVersion: `v${major}.${minor}.0+kplan` } : CLAIMED_VERSION),
    gitCommit: "",
    gitTreeState: "",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: `${process.platform}/${process.arch}`,
  };
}

/** `/api` and `/apis` in one answer each (apidiscovery.k8s.io/v2), for clients that ask for it. */
export function aggregated(kinds: KindRegistry, core: boolean): object {
  const groups = [...groupVersions(kinds.all())].filter(([group]) => (group === "") === core);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: groups.map(([name, versions]) => ({
      metadata: { name },
      versions: versions.map((groupVersion) => {
        const version = groupVersion.slice(groupVersion.indexOf("/") + 1);
        const served = kinds.all().filter((k) => k.group === name && k.version === version);
        return { version, freshness: "Current", resources: served.map(aggregatedEntry) };
      }),
    })),
  };
}

function aggregatedEntry(kind: ServedKind): object {
  const gvk = { group: kind.group, version: kind.version, kind: kind.kind };
  const subresources: object[] = [];
  if (kind.status)
    subresources.push({
      subresource: "status",
      responseKind: gvk,
      verbs: ["get", "patch", "update"],
    });
  if (kind.scale)
    subresources.push({
      subresource: "scale",
      responseKind: { group: "autoscaling", version: "v1", kind: "Scale" },
      verbs: ["get", "patch", "update"],
    });
  if (kind.kind === "Pod" && kind.group === "")
    for (const subresource of POD_PARTS)
      subresources.push({ subresource, responseKind: gvk, verbs: ["create", "get"] });
  return {
    resource: kind.plural,
    responseKind: gvk,
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: kind.virtual ? ["create"] : VERBS,
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}
