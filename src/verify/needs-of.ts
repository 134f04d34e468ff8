import { isKind, type Part, partAt, podTemplateOf } from "../enhance/pod-template.ts";
import { isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** An object without which a pod does not start. */
export interface Need {
  readonly kind: "ConfigMap" | "Secret" | "ServiceAccount" | "PersistentVolumeClaim";
  readonly name: string;
}

/**
 * What must be there before the pods of an object (a workload, or a Pod) start: what they mount or take into their environment unless it is marked
 * optional, what images are pulled with, their account and their claims. Nothing for an object that starts no pods when it is applied: no replicas, a
 * suspended Job, a CronJob.
 */
export function needsOf(object: KubeObject): Need[] {
  const spec = podSpecOf(object);
  if (spec === undefined) return [];
  return [...volumeNeeds(spec), ...containerNeeds(spec), ...accountNeeds(spec)];
}

function podSpecOf(object: KubeObject): Part | undefined {
  if (isKind(object, "", "Pod")) return partAt(object, ["spec"]);
  const spec = partAt(object, ["spec"]);
  const startsNone = spec?.replicas === 0 || spec?.suspend === true || object.kind === "CronJob";
  return startsNone ? undefined : partAt(podTemplateOf(object), ["spec"]);
}

function volumeNeeds(spec: Part): Need[] {
  return partsIn(spec, "volumes").flatMap((volume) => [
    ...need("ConfigMap", partAt(volume, ["configMap"]), "name"),
    ...need("Secret", partAt(volume, ["secret"]), "secretName"),
    ...need("PersistentVolumeClaim", partAt(volume, ["persistentVolumeClaim"]), "claimName"),
    ...partsIn(partAt(volume, ["projected"]), "sources").flatMap((source) => [
      ...need("ConfigMap", partAt(source, ["configMap"]), "name"),
      ...need("Secret", partAt(source, ["secret"]), "name"),
    ]),
  ]);
}

function containerNeeds(spec: Part): Need[] {
  const containers = [...partsIn(spec, "initContainers"), ...partsIn(spec, "containers")];
  return containers.flatMap((container) => [
    ...partsIn(container, "envFrom").flatMap((source) => [
      ...need("ConfigMap", partAt(source, ["configMapRef"]), "name"),
      ...need("Secret", partAt(source, ["secretRef"]), "name"),
    ]),
    ...partsIn(container, "env").flatMap((variable) => [
      ...need("ConfigMap", partAt(variable, ["valueFrom", "configMapKeyRef"]), "name"),
      ...need("Secret", partAt(variable, ["valueFrom", "secretKeyRef"]), "name"),
    ]),
  ]);
}

function accountNeeds(spec: Part): Need[] {
  return [
    ...need("ServiceAccount", spec, "serviceAccountName"),
    ...partsIn(spec, "imagePullSecrets").flatMap((source) => need("Secret", source, "name")),
  ];
}

function need(kind: Need["kind"], from: Part | undefined, field: string): Need[] {
  const name = from?.[field];
  const isNeeded = typeof name === "string" && name !== "" && from?.optional !== true;
  return isNeeded ? [{ kind, name }] : [];
}

function partsIn(from: Part | undefined, field: string): Part[] {
  const items = from?.[field];
  return Array.isArray(items) ? items.filter(isMap) : [];
}
