import { type Issue, warningIssue } from "../../../model/issue.ts";
import { isMap } from "../../../model/json.ts";
import { type KubeObject, refOf, refText } from "../../../model/kube-object.ts";
import { templateFile } from "../../../render/problem.ts";
import type { KudoView } from "../kudo-view.ts";

/** What a kind is of no use without, one of several where several will do; paths from the object. */
const NEEDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ConfigMap: [["data", "binaryData"]],
  StatefulSet: [["spec.selector"], ["spec.template"]],
  Deployment: [["spec.selector"], ["spec.template"]],
  DaemonSet: [["spec.selector"], ["spec.template"]],
  ReplicaSet: [["spec.selector"]],
  Job: [["spec.template"]],
  CronJob: [["spec.schedule"], ["spec.jobTemplate"]],
  Role: [["rules"]],
  ClusterRole: [["rules", "aggregationRule"]],
  RoleBinding: [["roleRef"]],
  ClusterRoleBinding: [["roleRef"]],
  PersistentVolumeClaim: [["spec.accessModes"], ["spec.resources"]],
  Service: [["spec.ports", "spec.externalName", "spec.clusterIP"]],
  PodDisruptionBudget: [["spec.minAvailable", "spec.maxUnavailable"]],
};
const USUAL = [
  "apiVersion",
  "kind",
  "metadata",
  "spec",
  "status",
  "data",
  "binaryData",
  "immutable",
];

/** Objects without what their kind needs: a ConfigMap whose files stand beside `data` instead of in it is empty. */
export function incompleteObjects({ renderings }: KudoView): Issue[] {
  return renderings.flatMap(({ templates }) =>
    templates
      .filter(({ act }) => act === "apply")
      .flatMap(({ key, objects }) =>
        objects.flatMap(({ object, line }) => {
          const missing = Object.hasOwn(NEEDS, object.kind) ? (NEEDS[object.kind] ?? []) : [];
          return missing
            .filter((fields) => fields.every((path) => !isThere(object, path.split("."))))
            .map((fields) => {
              const message = `${refText(refOf(object))} has no ${fields.join(" and no ")}${strays(object)}`;
              const file = `${templateFile(key)} (rendered)`;
              return warningIssue("incomplete-object", message, { file, line, col: 1 });
            });
        }),
      ),
  );
}

function isThere(object: KubeObject, path: readonly string[]): boolean {
  let here: unknown = object;
  for (const name of path) here = isMap(here) ? here[name] : undefined;
  return here !== undefined && here !== null;
}

/** Fields that no ConfigMap has are what should have been in it. */
function strays(object: KubeObject): string {
  if (object.kind !== "ConfigMap") return "";
  const names = Object.keys(object).filter((name) => !USUAL.includes(name));
  return names.length === 0
    ? ""
    : `: ${names.join(", ")} ${names.length === 1 ? "stands" : "stand"} beside it, where the server passes over ${names.length === 1 ? "it" : "them"}`;
}
