import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { drawTree, type TreeNode } from "./plan-tree.ts";

/** What is installed in a namespace. */
export interface InstalledObjects {
  readonly operators: readonly KubeObject[];
  readonly versions: readonly KubeObject[];
  readonly instances: readonly KubeObject[];
}

/** Operators, below each its versions, below each of these its instances, of which `say` tells what is shown. What has lost its operator or version is at the end. */
export function operatorsTree(
  { operators, versions, instances }: InstalledObjects,
  say: (instance: KubeObject) => string,
): string {
  const left = new Set([...versions, ...instances]);
  const instancesOf = (version: string | undefined): TreeNode[] =>
    instances
      .filter(
        (instance) => version === undefined || refName(instance, "operatorVersion") === version,
      )
      .filter((instance) => left.delete(instance))
      .map((instance) => ({ text: say(instance), children: [] }));
  const versionsOf = (operator: string | undefined): TreeNode[] =>
    versions
      .filter((version) => operator === undefined || refName(version, "operator") === operator)
      .filter((version) => left.delete(version))
      .map(({ metadata }) => ({ text: metadata.name, children: instancesOf(metadata.name) }));
  const nodes = operators.map(({ metadata }) => ({
    text: metadata.name,
    children: versionsOf(metadata.name),
  }));
  return drawTree([...nodes, ...versionsOf(undefined), ...instancesOf(undefined)]);
}

function refName({ spec }: KubeObject, field: string): unknown {
  const ref = isMap(spec) ? spec[field] : undefined;
  return isMap(ref) ? ref.name : undefined;
}
