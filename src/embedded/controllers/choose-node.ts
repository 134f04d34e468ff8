import type { KubeObject } from "../../model/kube-object.ts";
import { labelSelectorTest } from "../objects/selector.ts";
import { nodeMismatch } from "./node-fit.ts";
import { controllerOf } from "./owner.ts";
import { isOver } from "./pod-state.ts";
import { type PodAffinityTerm, podSpecOf } from "./shapes.ts";

/** Where a pod goes, or why it goes nowhere, in the scheduler's words. */
export type NodeChoice = { readonly node: string } | { readonly refusal: string };

/**
 * Chooses a node: one that the pod's node selector, node affinity and required anti-affinity allow; among these the one
 * with the fewest pods of the same controller, then with the fewest pods, then the first. Resources are not counted.
 */
export function chooseNode(
  pod: KubeObject,
  nodes: readonly KubeObject[],
  pods: readonly KubeObject[],
): NodeChoice {
  const others = pods.filter((one) => podSpecOf(one).nodeName !== undefined && !isOver(one));
  const reasons = new Map<string, number>();
  const fit = nodes.filter((node) => {
    const reason = refusalOf(pod, node, nodes, others);
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    return reason === undefined;
  });
  if (fit.length === 0) {
    const all = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
    return { refusal: `0/${nodes.length} nodes are available: ${all.join(", ")}.` };
  }
  const owner = controllerOf(pod)?.uid;
  const load = ({ metadata }: KubeObject): [number, number] => {
    const there = others.filter((one) => podSpecOf(one).nodeName === metadata.name);
    const kin = there.filter((one) => owner !== undefined && controllerOf(one)?.uid === owner);
    return [kin.length, there.length];
  };
  const [best] = fit
    .map((node) => ({ node, load: load(node) }))
    .sort(
      (a, b) =>
        a.load[0] - b.load[0] ||
        a.load[1] - b.load[1] ||
        a.node.metadata.name.localeCompare(b.node.metadata.name),
    );
  return { node: best?.node.metadata.name ?? "" };
}

function refusalOf(
  pod: KubeObject,
  node: KubeObject,
  nodes: readonly KubeObject[],
  others: readonly KubeObject[],
): string | undefined {
  if ((node.spec as { unschedulable?: boolean } | undefined)?.unschedulable)
    return "node(s) were unschedulable";
  const mismatch = nodeMismatch(podSpecOf(pod), node);
  if (mismatch !== undefined) return mismatch;
  const zoned = (topologyKey: string): KubeObject[] =>
    neighboursOf(node, topologyKey, nodes, others);
  const repelled = antiAffinity(pod).some((term) =>
    zoned(term.topologyKey).some((other) => repels(term, pod, other)),
  );
  if (repelled) return "node(s) didn't match pod anti-affinity rules";
  const unwelcome = others.some((other) =>
    antiAffinity(other).some(
      (term) => repels(term, other, pod) && zoned(term.topologyKey).includes(other),
    ),
  );
  return unwelcome ? "node(s) didn't satisfy existing pods anti-affinity rules" : undefined;
}

function antiAffinity(pod: KubeObject): readonly PodAffinityTerm[] {
  return (
    podSpecOf(pod).affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  );
}

/** Pods in the same topology domain (host, zone) as a node. */
function neighboursOf(
  node: KubeObject,
  topologyKey: string,
  nodes: readonly KubeObject[],
  others: readonly KubeObject[],
): KubeObject[] {
  const domain = node.metadata.labels?.[topologyKey];
  if (domain === undefined) return [];
  const names = new Set(
    nodes
      .filter(({ metadata }) => metadata.labels?.[topologyKey] === domain)
      .map(({ metadata }) => metadata.name),
  );
  return others.filter((other) => names.has(podSpecOf(other).nodeName ?? ""));
}

/** Whether a term of `pod` speaks of `other`. */
function repels(term: PodAffinityTerm, pod: KubeObject, other: KubeObject): boolean {
  const namespaces = term.namespaces?.length ? term.namespaces : [pod.metadata.namespace ?? ""];
  return (
    namespaces.includes(other.metadata.namespace ?? "") &&
    labelSelectorTest(term.labelSelector)(other.metadata.labels ?? {})
  );
}
