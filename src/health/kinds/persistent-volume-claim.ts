import type { Health, HealthContext, RelativesQuery } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { quantity } from "../../model/quantity.ts";
import { isTrue } from "../conditions.ts";
import { eventsAbout } from "../events.ts";
import { at, textAt } from "../fields.ts";
import { eventsOf } from "../relatives.ts";
import type { HealthRule } from "../rule.ts";
import { failed, progressing, ready } from "../verdict.ts";

/** Ready when bound, or when its StorageClass binds only once a pod uses it: waiting for that before the pod would never end. */
export const persistentVolumeClaim: HealthRule = {
  judge: judgeClaim,
  relatives: (object) => [...classesOf(object), ...eventsOf(object)],
};

function judgeClaim(object: KubeObject, context: HealthContext): Health {
  const phase = textAt(object, "status", "phase");
  if (phase === "Bound") return judgeSize(object);
  const hint = `kubectl -n ${object.metadata.namespace ?? "default"} describe persistentvolumeclaim ${object.metadata.name}`;
  if (phase === "Lost")
    return failed("VolumeLost", `claim ${object.metadata.name} has lost its volume`, { hint });
  const events = eventsAbout(object, context);
  if (bindsOnFirstUse(object, context) || events[0]?.reason === "WaitForFirstConsumer")
    return ready("binds when a pod first uses it");

  const warning = events.find(
    ({ type, reason }) => type === "Warning" || reason === "FailedBinding",
  );
  if (warning === undefined) return progressing("waiting for a volume", phase);
  // A class or a volume that is not there may still be made, by the same package even; not for ever.
  if (context.now.getTime() - warning.first >= context.limits.unschedulable)
    return failed(
      warning.reason,
      `claim ${object.metadata.name} gets no volume: ${warning.message}`,
      { hint },
    );
  return progressing(`waiting for a volume: ${warning.message}`, phase, warning.reason);
}

function judgeSize(object: KubeObject): Health {
  const wanted = textAt(object, "spec", "resources", "requests", "storage");
  const has = textAt(object, "status", "capacity", "storage");
  if (wanted === "" || has === "" || quantity(has) >= quantity(wanted)) return ready("bound");
  if (isTrue(object, "FileSystemResizePending"))
    return progressing(
      `growing from ${has} to ${wanted}: its file system grows when a pod next mounts it, so a restart of its pod finishes it`,
      has,
      "file system",
    );
  return progressing(`growing from ${has} to ${wanted}`, has);
}

function bindsOnFirstUse(object: KubeObject, context: HealthContext): boolean {
  const name = classNameOf(object);
  const classes = context.related.filter(({ kind }) => kind === "StorageClass");
  const found = classes.find((one) =>
    name === undefined ? isDefault(one) : one.metadata.name === name,
  );
  return textAt(found, "volumeBindingMode") === "WaitForFirstConsumer";
}

function isDefault({ metadata }: KubeObject): boolean {
  return metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
}

function classNameOf(object: KubeObject): string | undefined {
  const name = at(object, "spec", "storageClassName");
  return typeof name === "string" ? name : undefined;
}

/** An empty class name asks for a volume without class: no StorageClass has a say. */
function classesOf(object: KubeObject): RelativesQuery[] {
  const name = classNameOf(object);
  if (name === "") return [];
  const all = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" };
  return [name === undefined ? all : { ...all, fieldSelector: `metadata.name=${name}` }];
}
