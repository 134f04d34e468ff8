import { isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Conversion, Converted, Fields } from "./conversion.ts";
import { mapIn, withDefaults, without } from "./fields.ts";

/** What extensions/v1beta1 meant by no limit. */
const NO_LIMIT = 2_147_483_647;

/** Of what an older version meant by saying nothing, what apps/v1 means otherwise, by apiVersion. */
const DEPLOYMENT: Readonly<Record<string, Fields>> = {
  "extensions/v1beta1": {
    progressDeadlineSeconds: NO_LIMIT,
    revisionHistoryLimit: NO_LIMIT,
  },
  "apps/v1beta1": { revisionHistoryLimit: 2 },
};

/** extensions/v1beta1, apps/v1beta1 and apps/v1beta2 Deployment → apps/v1. */
export const deployment: Conversion = (object) =>
  toAppsV1(object, (spec) => {
    const known = withDefaults(without(spec, "rollbackTo"), DEPLOYMENT[object.apiVersion] ?? {});
    return object.apiVersion === "extensions/v1beta1" ? withOnePodAtATime(known) : known;
  });

/** extensions/v1beta1 changed one pod at a time where apps/v1 changes a quarter of them. */
function withOnePodAtATime(spec: Fields): Fields {
  const strategy = withDefaults(mapIn(spec, "strategy"), { type: "RollingUpdate" });
  if (strategy.type !== "RollingUpdate") return spec;
  const rollingUpdate = withDefaults(mapIn(strategy, "rollingUpdate"), {
    maxSurge: 1,
    maxUnavailable: 1,
  });
  return { ...spec, strategy: { ...strategy, rollingUpdate } };
}

/** apps/v1beta1 and apps/v1beta2 StatefulSet → apps/v1: the first restarted no pod by itself. */
export const statefulSet: Conversion = (object) =>
  toAppsV1(object, (spec) =>
    object.apiVersion === "apps/v1beta1"
      ? withDefaults(spec, { updateStrategy: { type: "OnDelete" } })
      : spec,
  );

/** extensions/v1beta1 and apps/v1beta2 DaemonSet → apps/v1: the first restarted no pod by itself. */
export const daemonSet: Conversion = (object) =>
  toAppsV1(object, (spec) =>
    object.apiVersion === "extensions/v1beta1"
      ? withDefaults(without(spec, "templateGeneration"), { updateStrategy: { type: "OnDelete" } })
      : spec,
  );

/** extensions/v1beta1 and apps/v1beta2 ReplicaSet → apps/v1. */
export const replicaSet: Conversion = (object) => toAppsV1(object, (spec) => spec);

/** apps/v1 needs a selector; without one the older versions took the labels of the template. */
function toAppsV1(object: KubeObject, convert: (spec: Fields) => Fields): Converted {
  const spec = mapIn(object, "spec");
  const labels = mapIn(mapIn(mapIn(spec, "template"), "metadata"), "labels");
  const hasSelector = isMap(spec.selector) && Object.keys(spec.selector).length > 0;
  if (!hasSelector && Object.keys(labels).length === 0)
    return { problem: "it has no selector, and its pods have no labels to make one of" };
  const selector = hasSelector ? spec.selector : { matchLabels: { ...labels } };
  const before = { ...spec, selector };
  const after = convert(before);
  const written = Object.keys(after).filter((name) => !Object.hasOwn(spec, name));
  return {
    object: { ...object, spec: after },
    notes:
      written.length === 0
        ? []
        : [
            `written out as ${object.apiVersion} meant it: ${written.map((name) => `spec.${name}`).join(", ")}`,
          ],
  };
}
