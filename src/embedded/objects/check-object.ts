import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { FieldProblem } from "../http/api-error.ts";
import { invalid } from "../http/api-error.ts";
import { checkSchema } from "../kinds/custom-schema.ts";
import { rulesOf } from "../kinds/kind-rules.ts";
import type { ServedKind } from "../kinds/served-kind.ts";
import type { Shape } from "../kinds/shape.ts";
import { keyProblems, labelProblems, nameFormat, nameProblem } from "../rules/names.ts";
import { invalidValue, problem, required } from "../rules/rule.ts";
import type { ServerState } from "../server-state.ts";

/** Bytes that all annotations of an object may have. */
const MAX_ANNOTATIONS = 256 << 10;

/** Refuses an object that is not valid, or (with `before`) a change that is not allowed. Throws ApiError 422 with all causes. */
export function checkObject(
  state: ServerState,
  kind: ServedKind,
  object: KubeObject,
  before?: KubeObject,
): void {
  const rules = rulesOf(kind);
  const found = [
    ...checkMetadata(kind, object, before),
    ...missingFields(object, kind.shape, ""),
    ...(rules.check?.(object, state) ?? []),
    ...(before ? (rules.checkUpdate?.(object, before) ?? []) : []),
    ...(kind.custom ? checkSchema(kind.custom.schema, object) : []),
  ];
  const problems = dedupe(found);
  if (problems.length > 0) throw invalid(kind, object.metadata.name, problems);
}

function checkMetadata(
  kind: ServedKind,
  { metadata }: KubeObject,
  before: KubeObject | undefined,
): FieldProblem[] {
  const { name, labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const found = [
    ...nameProblem("metadata.name", name, nameFormat(kind.group, kind.kind)),
    ...labelProblems("metadata.labels", labels),
    ...Object.keys(annotations).flatMap((key) => keyProblems("metadata.annotations", key)),
  ];
  const bytes = Object.entries(annotations).flat().join("").length;
  if (bytes > MAX_ANNOTATIONS)
    found.push(
      problem(
        "metadata.annotations",
        "FieldValueTooLong",
        `Too long: must have at most ${MAX_ANNOTATIONS} bytes`,
      ),
    );
  const controllers = ownerReferences.filter((owner) => owner.controller);
  if (controllers.length > 1)
    found.push(
      invalidValue(
        "metadata.ownerReferences",
        ownerReferences,
        "Only one reference can have Controller set to true.",
      ),
    );
  if (before?.metadata.deletionTimestamp) {
    const known = new Set(before.metadata.finalizers);
    const added = metadata.finalizers?.filter((each) => !known.has(each)) ?? [];
    if (added.length > 0)
      found.push(
        problem(
          "metadata.finalizers",
          "FieldValueForbidden",
          `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each) => JSON.stringify(each)).join(", ")}}`,
        ),
      );
  }
  return found;
}

/** Required fields that are not there. Status is the controllers' business. */
function missingFields(value: unknown, shape: Shape, path: string): FieldProblem[] {
  if (shape.type === "list" && Array.isArray(value))
    return value.flatMap((item, index) => missingFields(item, shape.of, `${path}[${index}]`));
  if (shape.type === "map" && isMap(value))
    return Object.entries(value).flatMap(([key, item]) =>
      missingFields(item, shape.of, `${path}[${key}]`),
    );
  if (shape.type !== "struct" || !isMap(value)) return [];
  const found: FieldProblem[] = [];
  for (const [name, field] of shape.fields) {
    if (name === "status" || (path === "" && name === "metadata")) continue;
    const at = path ? `${path}.${name}` : name;
    const item = value[name];
    const empty = item === undefined || (item === "" && field.shape.type === "str");
    if (empty && field.required && !OPTIONAL_WHEN_EMPTY.has(`${shape.name}.${name}`))
      found.push(required(at));
    else if (item !== undefined) found.push(...missingFields(item, field.shape, at));
  }
  return found;
}

/** Fields that are called required and may be an empty text. */
const OPTIONAL_WHEN_EMPTY = new Set([
  "HTTPHeader.value",
  "Sysctl.value",
  "Taint.effect",
  "Condition.message",
  "PodSpec.containers",
  "StatefulSetSpec.selector",
  "DeploymentSpec.selector",
  "ReplicaSetSpec.selector",
  "DaemonSetSpec.selector",
  "RoleBinding.roleRef",
  "ClusterRoleBinding.roleRef",
  "CustomResourceDefinitionSpec.group",
  "CustomResourceDefinitionSpec.scope",
  "CustomResourceDefinitionSpec.names",
  "CustomResourceDefinitionNames.plural",
  "CustomResourceDefinitionNames.kind",
]);

function dedupe(problems: readonly FieldProblem[]): FieldProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ field, message }) => {
    const key = `${field}: ${message}`;
    return seen.has(key) ? false : seen.add(key);
  });
}
