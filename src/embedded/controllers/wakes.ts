import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi, ObjectChange } from "../controller-api.ts";
import { labelSelectorTest } from "../objects/selector.ts";
import { controllerOf } from "./owner.ts";
import type { ObjectName } from "./reconciler.ts";
import { specOf } from "./shapes.ts";

/**
 * Which objects of a kind a change of a dependent concerns: its controller now and before, or, when it has none, those whose
 * selector would adopt it.
 */
export function owners(
  api: ControllerApi,
  kind: string,
): (change: ObjectChange) => readonly ObjectName[] {
  return ({ object, previous }) => {
    const found = [object, previous].flatMap((one) =>
      one === undefined ? [] : ownerIn(one, kind),
    );
    if (found.length > 0 || controllerOf(object) !== undefined) return found;
    const { namespace = "", labels = {} } = object.metadata;
    return api
      .list(kind, { namespace })
      .filter((owner) => labelSelectorTest(specOf(owner).selector)(labels))
      .map(nameOf);
  };
}

/** All objects of a kind in the namespace of what changed, or everywhere for what has no namespace. */
export function neighbours(
  api: ControllerApi,
  kind: string,
): (change: ObjectChange) => readonly ObjectName[] {
  return ({ object }) => {
    const { namespace } = object.metadata;
    return api.list(kind, namespace === undefined ? {} : { namespace }).map(nameOf);
  };
}

function ownerIn(object: KubeObject, kind: string): ObjectName[] {
  const controller = controllerOf(object);
  if (controller?.kind !== kind) return [];
  return [{ namespace: object.metadata.namespace, name: controller.name }];
}

function nameOf({ metadata }: KubeObject): ObjectName {
  return { namespace: metadata.namespace, name: metadata.name };
}
