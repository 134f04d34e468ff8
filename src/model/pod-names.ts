import type { KubeObject } from "./kube-object.ts";

/** Characters that a StatefulSet's name may have: its pods carry it, a dash and a hash of ten characters as the value of a label, which ends at 63. */
const LONGEST_SET = 52;

/** What is wrong with a name that the API server takes and whose pods it will refuse, for ever; undefined for one that works. */
export function podNameProblem({ kind, metadata }: KubeObject): string | undefined {
  const { name } = metadata;
  if (kind !== "StatefulSet" || name.length <= LONGEST_SET) return undefined;
  return `the name of StatefulSet ${name} has ${name.length} characters; its pods cannot be made with more than ${LONGEST_SET}`;
}
