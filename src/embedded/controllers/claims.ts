import type { KubeObject } from "../../model/kube-object.ts";
import { quantity } from "../../model/quantity.ts";
import type { ControllerApi } from "../controller-api.ts";
import { claimNames } from "./pod-needs.ts";
import { isOver } from "./pod-state.ts";
import type { Controller } from "./reconciler.ts";
import { bindsOnFirstUse, SELECTED_NODE } from "./scheduler.ts";
import { statusOf } from "./shapes.ts";

/** Spec of a claim, as far as it is acted out. */
interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string;
  readonly volumeName?: string;
  readonly volumeMode?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

const PROTECTION = "kubernetes.io/pvc-protection";

/** Binds claims to volumes, made for them where their class makes any, and keeps a claim while a pod uses it. */
export function claimController(api: ControllerApi): Controller {
  const all = ({ object }: { object: KubeObject }): { namespace?: string; name: string }[] =>
    api.list("PersistentVolumeClaim").flatMap(({ metadata }) => {
      const near = object.metadata.namespace ?? metadata.namespace;
      const { namespace = "", name } = metadata;
      return near === namespace ? [{ namespace, name }] : [];
    });
  return {
    kind: "PersistentVolumeClaim",
    reconcile: (claim) => reconcile(api, claim),
    wakes: {
      Pod: ({ object }) =>
        claimNames(object).map((name) => ({ namespace: object.metadata.namespace, name })),
      StorageClass: all,
      PersistentVolume: all,
    },
  };
}

function reconcile(api: ControllerApi, claim: KubeObject): void {
  if (claim.metadata.deletionTimestamp !== undefined) {
    protect(api, claim);
    return;
  }
  const { phase } = statusOf<{ phase?: string }>(claim);
  const { volumeName } = claim.spec as ClaimSpec;
  if (volumeName === undefined || volumeName === "") bind(api, claim);
  else if (api.get("PersistentVolume", volumeName) === undefined) {
    if (phase === "Bound") api.updateStatus({ ...claim, status: { phase: "Lost" } });
  } else settle(api, claim, volumeName);
}

/** A claim goes when the last pod that uses it is over. */
function protect(api: ControllerApi, claim: KubeObject): void {
  const { name, namespace = "", finalizers = [] } = claim.metadata;
  if (!finalizers.includes(PROTECTION)) return;
  const used = api
    .list("Pod", { namespace })
    .some((pod) => !isOver(pod) && claimNames(pod).includes(name));
  if (used) return;
  const left = finalizers.filter((each) => each !== PROTECTION);
  api.update({ ...claim, metadata: { ...claim.metadata, finalizers: left } });
}

function bind(api: ControllerApi, claim: KubeObject): void {
  const { storageClassName = "" } = claim.spec as ClaimSpec;
  const there = freeVolume(api, claim);
  if (there !== undefined) {
    claimVolume(api, claim, there);
    return;
  }
  if (storageClassName === "") {
    const message = "no persistent volumes available for this claim and no storage class is set";
    say(api, claim, "Normal", "FailedBinding", message);
    return;
  }
  const found = api.get("StorageClass", storageClassName);
  if (found === undefined) {
    const message = `storageclass.storage.k8s.io "${storageClassName}" not found`;
    say(api, claim, "Warning", "ProvisioningFailed", message);
    return;
  }
  if (bindsOnFirstUse(api, claim) && claim.metadata.annotations?.[SELECTED_NODE] === undefined) {
    const message = "waiting for first consumer to be created before binding";
    say(api, claim, "Normal", "WaitForFirstConsumer", message);
    return;
  }
  if (found.provisioner === "kubernetes.io/no-provisioner") return;
  claimVolume(api, claim, provision(api, claim, found));
}

/** A volume that somebody made and that suits the claim. */
function freeVolume(api: ControllerApi, claim: KubeObject): KubeObject | undefined {
  const { storageClassName = "", accessModes = [] } = claim.spec as ClaimSpec;
  return api.list("PersistentVolume").find((volume) => {
    const spec = volume.spec as VolumeSpec;
    const reserved = spec.claimRef;
    const mine =
      reserved !== undefined &&
      reserved.name === claim.metadata.name &&
      reserved.namespace === claim.metadata.namespace &&
      (reserved.uid === undefined || reserved.uid === claim.metadata.uid);
    if (reserved !== undefined) return mine;
    return (
      (spec.storageClassName ?? "") === storageClassName &&
      accessModes.every((mode) => spec.accessModes?.includes(mode)) &&
      quantity(spec.capacity?.storage) >= quantity(sizeOf(claim)) &&
      statusOf<{ phase?: string }>(volume).phase === "Available"
    );
  });
}

/** Spec of a volume, as far as it is acted out. */
interface VolumeSpec {
  readonly accessModes?: readonly string[];
  readonly storageClassName?: string;
  readonly capacity?: { readonly storage?: string };
  readonly claimRef?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
  };
}

function sizeOf(claim: KubeObject): string {
  return (claim.spec as ClaimSpec).resources?.requests?.storage ?? "0";
}

function provision(api: ControllerApi, claim: KubeObject, from: KubeObject): KubeObject {
  const { accessModes, volumeMode } = claim.spec as ClaimSpec;
  const name = `pvc-${claim.metadata.uid}`;
  const made = api.get("PersistentVolume", name);
  if (made !== undefined) return made;
  const volume = api.create({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name,
      annotations: { "pv.kubernetes.io/provisioned-by": String(from.provisioner) },
    },
    spec: {
      accessModes,
      volumeMode,
      capacity: { storage: sizeOf(claim) },
      claimRef: refTo(claim),
      hostPath: { path: `/simulated/${name}`, type: "" },
      persistentVolumeReclaimPolicy: from.reclaimPolicy,
      storageClassName: from.metadata.name,
    },
  });
  const message = `Successfully provisioned volume ${name} using ${String(from.provisioner)}`;
  say(api, claim, "Normal", "ProvisioningSucceeded", message);
  return volume;
}

function refTo({ metadata }: KubeObject): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    name,
    namespace,
    uid,
    resourceVersion,
  };
}

function claimVolume(api: ControllerApi, claim: KubeObject, volume: KubeObject): void {
  const spec = volume.spec as VolumeSpec;
  if (spec.claimRef?.uid === undefined)
    api.update({ ...volume, spec: { ...spec, claimRef: refTo(claim) } });
  const annotations = {
    ...claim.metadata.annotations,
    "pv.kubernetes.io/bind-completed": "yes",
    "pv.kubernetes.io/bound-by-controller": "yes",
  };
  const bound = api.update({
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: { ...(claim.spec as ClaimSpec), volumeName: volume.metadata.name },
  });
  settle(api, bound, volume.metadata.name);
}

/** Status of a claim that has its volume; both grow when the claim asks for more and its class allows it. */
function settle(api: ControllerApi, claim: KubeObject, volumeName: string): void {
  const volume = api.get("PersistentVolume", volumeName);
  if (volume === undefined) return;
  const spec = volume.spec as VolumeSpec;
  const from = api.get("StorageClass", spec.storageClassName ?? "");
  const wanted = sizeOf(claim);
  const grows =
    from?.allowVolumeExpansion === true && quantity(wanted) > quantity(spec.capacity?.storage);
  if (grows) api.update({ ...volume, spec: { ...spec, capacity: { storage: wanted } } });
  api.updateStatus({
    ...claim,
    status: {
      phase: "Bound",
      accessModes: (claim.spec as ClaimSpec).accessModes,
      capacity: grows ? { storage: wanted } : spec.capacity,
    },
  });
}

function say(
  api: ControllerApi,
  claim: KubeObject,
  type: "Normal" | "Warning",
  reason: string,
  message: string,
): void {
  api.event(claim, { type, reason, message, component: "persistentvolume-controller" });
}
