import { groupOf } from "../model/kube-object.ts";
import type { Conversion, Fields } from "./conversion.ts";
import { mapsIn, without } from "./fields.ts";

/** rbac.authorization.k8s.io/v1alpha1 → v1: a subject says its group and no version, and everybody is a group. */
export const bindingFromV1alpha1: Conversion = (object) => ({
  object: { ...object, subjects: mapsIn(object, "subjects").map(subject) },
  notes: [],
});

function subject(from: Fields): Fields {
  const rest = without(from, "apiVersion");
  const apiGroup = "rbac.authorization.k8s.io";
  if (from.kind === "User" && from.name === "*")
    return { ...rest, kind: "Group", name: "system:authenticated", apiGroup };
  if (typeof from.apiVersion !== "string" || from.kind === "ServiceAccount") return rest;
  return { ...rest, apiGroup: groupOf(from.apiVersion) || apiGroup };
}
