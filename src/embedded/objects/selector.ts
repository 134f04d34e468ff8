import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { badRequest } from "../http/api-error.ts";

/** Decides about an object. */
export type Predicate = (object: KubeObject) => boolean;

/** Parses a label selector as it stands in a URL (`a=b,c!=d,e in (f,g),h,!i`). Throws ApiError 400. */
export function parseLabelSelector(text: string): Predicate {
  const tests = splitRequirements(text).map(labelTest);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

/** A meta/v1 LabelSelector as a test of labels; an empty one selects all. */
export function labelSelectorTest(
  selector: unknown,
): (labels: Readonly<Record<string, string>>) => boolean {
  if (!isMap(selector)) return () => false;
  const equal = Object.entries(isMap(selector.matchLabels) ? selector.matchLabels : {});
  const list = Array.isArray(selector.matchExpressions) ? selector.matchExpressions : [];
  const tests = list.filter(isMap).map(({ key, operator, values }) => {
    const among = new Set(Array.isArray(values) ? values : []);
    return (labels: Readonly<Record<string, string>>): boolean => {
      const value = labels[String(key)];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      if (operator === "In") return value !== undefined && among.has(value);
      return value === undefined || !among.has(value);
    };
  });
  return (labels) =>
    equal.every(([key, value]) => labels[key] === value) && tests.every((test) => test(labels));
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

function labelTest(text: string): LabelTest {
  const [, key = "", operator, list = ""] =
    /^([^\s!=]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text) ?? [];
  if (operator) {
    const among = new Set(list.split(",").map((item) => item.trim()));
    return operator === "in"
      ? (labels) => labels[key] !== undefined && among.has(labels[key])
      : (labels) => labels[key] === undefined || !among.has(labels[key]);
  }
  const [, left = "", sign = "", right = ""] = /^([^\s!=]+)\s*(==|=|!=)\s*(.*)$/.exec(text) ?? [];
  if (sign === "!=") return (labels) => labels[left] !== right;
  if (sign) return (labels) => labels[left] === right;
  const [, not, name = ""] = /^(!?)\s*([A-Za-z0-9][\w./-]*)$/.exec(text) ?? [];
  if (!name) throw badRequest(`unable to parse requirement: ${text}`);
  return (labels) => (labels[name] === undefined) === (not === "!");
}

/** Splits at the commas that are outside parentheses. */
function splitRequirements(text: string): string[] {
  return (text.match(/(?:\([^)]*\)|[^,(])+/g) ?? []).map((part) => part.trim()).filter(Boolean);
}

/** Fields that may be selected by, besides `metadata.name` and `metadata.namespace`. */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  "/Pod": [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  "/Event": [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  "/Secret": ["type"],
  "/Namespace": ["status.phase"],
  "/Node": ["spec.unschedulable"],
  "apps/ReplicaSet": ["status.replicas"],
  "batch/Job": ["status.successful"],
};

/** Parses a field selector (`metadata.name=a,status.phase!=Running`). Throws ApiError 400 for a field that cannot be selected by. */
export function parseFieldSelector(
  text: string,
  kind: { readonly group: string; readonly kind: string; readonly version: string },
): Predicate {
  const known = [
    "metadata.name",
    "metadata.namespace",
    ...(SELECTABLE[`${kind.group}/${kind.kind}`] ?? []),
  ];
  const unknown = (path: string): string =>
    known.length > 2
      ? `Unable to find {"${kind.group}" "${kind.version}" "${kind.kind}"} that match label selector "", field selector "${text}": field label not supported: ${path}`
      : `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
  const tests = splitRequirements(text).map((requirement): Predicate => {
    const [, path, sign, value] = /^([^!=]+?)(==|=|!=)(.*)$/.exec(requirement) ?? [];
    if (path === undefined || value === undefined)
      throw badRequest(`invalid selector: '${text}'; can't understand '${requirement}'`);
    if (!known.includes(path)) throw badRequest(unknown(path));
    return (object) => (textAt(object, path) === value) === (sign !== "!=");
  });
  return (object) => tests.every((test) => test(object));
}

function textAt(object: unknown, path: string): string {
  let value = object;
  for (const key of path.split(".")) value = isMap(value) ? value[key] : undefined;
  if (path === "source" && isMap(value)) return String(value.component ?? "");
  return value === undefined ? "" : String(value);
}
