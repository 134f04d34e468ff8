import { isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { isKind, type Part, partAt, podTemplateOf } from "./pod-template.ts";

/** A ConfigMap or Secret that pods use. */
export interface PodUse {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  /** The keys they read, sorted; undefined: all. */
  readonly keys: readonly string[] | undefined;
}

/**
 * What the pods of an object (a workload, or a Pod) use: by volume, projected volume, environment, and to pull images; each ConfigMap and Secret once,
 * ConfigMaps first, sorted by name.
 */
export function podUsesOf(object: KubeObject): PodUse[] {
  const spec = isKind(object, "", "Pod")
    ? partAt(object, ["spec"])
    : partAt(podTemplateOf(object), ["spec"]);
  return spec ? united([...volumeUses(spec), ...containerUses(spec), ...pullUses(spec)]) : [];
}

function volumeUses(spec: Part): PodUse[] {
  return partsIn(spec, "volumes").flatMap((volume) => [
    ...use("ConfigMap", partAt(volume, ["configMap"]), "name"),
    ...use("Secret", partAt(volume, ["secret"]), "secretName"),
    ...partsIn(partAt(volume, ["projected"]), "sources").flatMap((source) => [
      ...use("ConfigMap", partAt(source, ["configMap"]), "name"),
      ...use("Secret", partAt(source, ["secret"]), "name"),
    ]),
  ]);
}

function containerUses(spec: Part): PodUse[] {
  const containers = ["initContainers", "containers", "ephemeralContainers"].flatMap((field) =>
    partsIn(spec, field),
  );
  return containers.flatMap((container) => [
    ...partsIn(container, "envFrom").flatMap((source) => [
      ...use("ConfigMap", partAt(source, ["configMapRef"]), "name"),
      ...use("Secret", partAt(source, ["secretRef"]), "name"),
    ]),
    ...partsIn(container, "env").flatMap((variable) => [
      ...useOfKey("ConfigMap", partAt(variable, ["valueFrom", "configMapKeyRef"])),
      ...useOfKey("Secret", partAt(variable, ["valueFrom", "secretKeyRef"])),
    ]),
  ]);
}

function pullUses(spec: Part): PodUse[] {
  return partsIn(spec, "imagePullSecrets").flatMap((source) => use("Secret", source, "name"));
}

/** `items` says which keys of a volume are used; without it, all are. */
function use(kind: PodUse["kind"], source: Part | undefined, field: string): PodUse[] {
  const name = source?.[field];
  if (typeof name !== "string" || name === "") return [];
  const items = partsIn(source, "items").flatMap(({ key }) => (typeof key === "string" ? key : []));
  return [{ kind, name, keys: items.length > 0 ? items : undefined }];
}

function useOfKey(kind: PodUse["kind"], source: Part | undefined): PodUse[] {
  const key = source?.key;
  return use(kind, source, "name").map((found) => ({
    ...found,
    keys: typeof key === "string" ? [key] : undefined,
  }));
}

function united(uses: readonly PodUse[]): PodUse[] {
  const byObject = new Map<string, PodUse>();
  for (const { kind, name, keys } of uses) {
    const id = `${kind}/${name}`;
    const before = byObject.get(id);
    const all = keys === undefined || (before !== undefined && before.keys === undefined);
    const both = all ? undefined : [...new Set([...(before?.keys ?? []), ...keys])].sort();
    byObject.set(id, { kind, name, keys: both });
  }
  return [...byObject].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

function partsIn(from: Part | undefined, field: string): Part[] {
  const items = from?.[field];
  return Array.isArray(items) ? items.filter(isMap) : [];
}
