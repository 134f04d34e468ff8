import { yamlText } from "../../../functions/go/yaml-text.ts";
import { isMap } from "../../../model/json.ts";
import type { KubeObject } from "../../../model/kube-object.ts";
import type { Terminal } from "../../terminal.ts";

/** Prints one value as `-o` of KUDO does (compat section 9): JSON indented by two, or YAML and a blank line. */
export function printOne(value: unknown, format: "json" | "yaml", terminal: Terminal): void {
  if (format === "json") terminal.out(`${JSON.stringify(value, null, 2)}\n`);
  else terminal.out(`${goYaml(value)}\n`);
}

/** Prints a list as `-o` of KUDO does: a JSON list, or YAML documents, each after `---` and before a blank line, and `...` at the end. */
export function printList(
  values: readonly unknown[],
  format: "json" | "yaml",
  terminal: Terminal,
): void {
  if (format === "json") terminal.out(`${JSON.stringify(values, null, 2)}\n`);
  else terminal.out(`${values.map((value) => `---\n${goYaml(value)}\n`).join("")}...\n`);
}

/** An Operator, OperatorVersion or Instance as KUDO's own types print it: in their order of fields, with an empty `status` where there is none. */
export function asKudoPrints(object: KubeObject): Record<string, unknown> {
  const { kind, apiVersion, metadata, spec, status, ...rest } = object;
  const plain = isMap(spec) ? spec : {};
  return {
    kind,
    apiVersion,
    metadata: inOrder({ creationTimestamp: null, ...metadata }, METADATA),
    spec: kind === "Instance" ? inOrder({ planExecution: {}, ...plain }, INSTANCE_SPEC) : plain,
    status: status ?? {},
    ...rest,
  };
}

const INSTANCE_SPEC = ["operatorVersion", "parameters", "planExecution"];
const METADATA = [
  "name",
  "generateName",
  "namespace",
  "selfLink",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
];

function inOrder(
  value: Record<string, unknown>,
  order: readonly string[],
): Record<string, unknown> {
  const rank = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b)));
}

/** YAML as Go's library writes it: keys sorted, whole numbers as they are. */
export function goYaml(value: unknown): string {
  return yamlText(goValue(JSON.parse(JSON.stringify(value))));
}

function goValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(goValue);
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, goValue(member)]));
}
