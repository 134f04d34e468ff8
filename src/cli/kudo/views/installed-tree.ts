import type { KubeObject } from "../../../model/kube-object.ts";
import { type InstalledObjects, operatorsTree } from "../../output/operators-tree.ts";
import { drawTree } from "../../output/plan-tree.ts";

/** KUDO's `get instances`, `operators` or `operatorversions`: a branch for each name. */
export function installedTree(
  kind: string,
  namespace: string,
  objects: readonly KubeObject[],
): string {
  const nodes = objects.map(({ metadata }) => ({ text: metadata.name, children: [] }));
  return `List of current installed ${kind} in namespace "${namespace}":\n.\n${drawTree(nodes)}\n`;
}

/** KUDO's `get all`: operators, below each its versions, below each of these its instances. */
export function allTree(namespace: string, installed: InstalledObjects): string {
  const tree = operatorsTree(installed, ({ metadata }) => metadata.name);
  return `List of current installed operators including versions and instances in namespace "${namespace}":\n.\n${tree}\n`;
}
