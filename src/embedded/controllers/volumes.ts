import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import type { Controller } from "./reconciler.ts";

/** Spec of a volume, as far as it is read here. */
interface VolumeSpec {
  readonly persistentVolumeReclaimPolicy?: string;
  readonly claimRef?: { readonly name: string; readonly namespace: string; readonly uid?: string };
}

const PROTECTION = "kubernetes.io/pv-protection";

/** Says whether a volume is in use; one whose claim is gone is kept or deleted, as its policy says. */
export function volumeController(api: ControllerApi): Controller {
  return {
    kind: "PersistentVolume",
    reconcile: (volume) => reconcile(api, volume),
    wakes: {
      PersistentVolumeClaim: ({ object }) => {
        const { volumeName } = object.spec as { volumeName?: string };
        return volumeName ? [{ name: volumeName }] : [];
      },
    },
  };
}

function reconcile(api: ControllerApi, volume: KubeObject): void {
  const { persistentVolumeReclaimPolicy, claimRef } = volume.spec as VolumeSpec;
  const claim =
    claimRef && api.get("PersistentVolumeClaim", claimRef.name, claimRef.namespace ?? "");
  const bound = claim !== undefined && claim.metadata.uid === claimRef?.uid;
  const { name, finalizers = [], deletionTimestamp } = volume.metadata;
  if (deletionTimestamp !== undefined) {
    if (bound || !finalizers.includes(PROTECTION)) return;
    const left = finalizers.filter((each) => each !== PROTECTION);
    api.update({ ...volume, metadata: { ...volume.metadata, finalizers: left } });
    return;
  }
  const released = claimRef?.uid !== undefined && !bound;
  if (released && persistentVolumeReclaimPolicy === "Delete") {
    api.delete("PersistentVolume", name);
    return;
  }
  const phase = bound ? "Bound" : released ? "Released" : "Available";
  api.updateStatus({ ...volume, status: { phase } });
}
