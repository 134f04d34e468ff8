import type { KubeObject } from "../../model/kube-object.ts";
import type { NodeRequirement, NodeSelectorTerm, PodSpec } from "./shapes.ts";

/** Why a pod's own wishes rule a node out, in the scheduler's words; undefined when they do not. */
export function nodeMismatch(
  { nodeSelector = {}, affinity }: PodSpec,
  node: KubeObject,
): string | undefined {
  const labels = node.metadata.labels ?? {};
  const selected = Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const fits = terms === undefined || terms.some((term) => isMet(term, node));
  return selected && fits ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

function isMet(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  node: KubeObject,
): boolean {
  const { labels = {}, name } = node.metadata;
  return (
    matchExpressions.every((one) => holds(one, labels[one.key])) &&
    matchFields.every((one) => holds(one, one.key === "metadata.name" ? name : undefined))
  );
}

function holds({ operator, values = [] }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return Number(value) > Number(values[0]);
    case "Lt":
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}
