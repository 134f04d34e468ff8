import type { KubeObject, OwnerReference } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { labelSelectorTest } from "../objects/selector.ts";

/** The reference by which a controller owns what it makes. */
export function controllerRef({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The controller's reference of an object. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/**
 * The objects of a kind that belong to `owner`: those that it controls and its selector still selects. Selected ones that nobody
 * controls are adopted, controlled ones that are not selected any more are let go, as every controller of Kubernetes does.
 */
export function claimed(
  api: ControllerApi,
  owner: KubeObject,
  kind: string,
  selector: unknown,
): KubeObject[] {
  const { namespace = "", uid, deletionTimestamp } = owner.metadata;
  const selects = labelSelectorTest(selector);
  const mine: KubeObject[] = [];
  for (const object of api.list(kind, { namespace })) {
    const controller = controllerOf(object);
    const selected = selects(object.metadata.labels ?? {});
    if (controller?.uid === uid) {
      if (selected) mine.push(object);
      else if (deletionTimestamp === undefined) release(api, object, owner);
      continue;
    }
    const free = controller === undefined && object.metadata.deletionTimestamp === undefined;
    if (selected && free && deletionTimestamp === undefined) mine.push(adopt(api, object, owner));
  }
  return mine;
}

function adopt(api: ControllerApi, object: KubeObject, owner: KubeObject): KubeObject {
  const ownerReferences = [...(object.metadata.ownerReferences ?? []), controllerRef(owner)];
  return api.update({ ...object, metadata: { ...object.metadata, ownerReferences } });
}

function release(api: ControllerApi, object: KubeObject, { metadata }: KubeObject): void {
  const rest = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== metadata.uid);
  api.update({ ...object, metadata: { ...object.metadata, ownerReferences: rest } });
}
