import { isMap } from "../../../model/json.ts";
import type { KubeObject } from "../../../model/kube-object.ts";
import { drawTree, type TreeNode } from "../../output/plan-tree.ts";

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
export function allTree(
  namespace: string,
  installed: {
    readonly operators: readonly KubeObject[];
    readonly operatorversions: readonly KubeObject[];
    readonly instances: readonly KubeObject[];
  },
): string {
  const instancesOf = (version: string): TreeNode[] =>
    installed.instances
      .filter((instance) => refName(instance, "operatorVersion") === version)
      .map(({ metadata }) => ({ text: metadata.name, children: [] }));
  const versionsOf = (operator: string): TreeNode[] =>
    installed.operatorversions
      .filter((version) => refName(version, "operator") === operator)
      .map(({ metadata }) => ({ text: metadata.name, children: instancesOf(metadata.name) }));
  const nodes = installed.operators.map(({ metadata }) => ({
    text: metadata.name,
    children: versionsOf(metadata.name),
  }));
  return `List of current installed operators including versions and instances in namespace "${namespace}":\n.\n${drawTree(nodes)}\n`;
}

function refName({ spec }: KubeObject, field: string): unknown {
  const ref = isMap(spec) ? spec[field] : undefined;
  return isMap(ref) ? ref.name : undefined;
}
