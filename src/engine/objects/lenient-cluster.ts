import { type Cluster, ClusterError } from "../../model/cluster.ts";
import { isMap } from "../../model/json.ts";
import { type KubeObject, refKey, refOf, refText } from "../../model/kube-object.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { refusedFields, withoutField } from "./refused-fields.ts";

/** How often an object is tried with fewer fields: a server names all that it knows of at once, but a duplicate may hide others. */
const TRIES = 5;

/** What was left out of the objects of a package, so that it is asked for and told once. */
const LEFT_OUT = new WeakMap<OperatorPackage, Map<string, Set<string>>>();

/**
 * The cluster for the objects of a KUDO package: a field that a kind does not have, and a list item that is there twice, are left out and told, where KUDO dropped them
 * without a word (design section 7). For a native package the cluster as it is: there it is an error.
 */
export function lenientCluster(
  cluster: Cluster,
  pkg: OperatorPackage,
  tell: (message: string) => void,
): Cluster {
  if (pkg.dialect !== "kudo") return cluster;
  const known = LEFT_OUT.get(pkg) ?? new Map<string, Set<string>>();
  LEFT_OUT.set(pkg, known);

  async function leniently<Answer>(
    object: KubeObject,
    write: (object: KubeObject) => Promise<Answer>,
  ): Promise<Answer> {
    const left = known.get(refKey(refOf(object))) ?? new Set<string>();
    let kept = [...left].reduce(withoutField, object);
    for (const field of left) tell(leftOutText(object, field));
    for (let tries = 1; ; tries++) {
      try {
        return await write(kept);
      } catch (error) {
        if (!(error instanceof ClusterError) || error.kind !== "invalid") throw error;
        const fields = refusedFields(error.message);
        const less = fields.reduce(withoutField, kept);
        if (fields.length === 0 || tries === TRIES || isSame(less, kept)) throw error;
        for (const field of fields) {
          left.add(field);
          tell(leftOutText(object, field));
        }
        known.set(refKey(refOf(object)), left);
        kept = less;
      }
    }
  }

  return {
    ...cluster,
    create: (object, options) => leniently(object, (less) => cluster.create(less, options)),
    apply: (object, options) => leniently(object, (less) => cluster.apply(less, options)),
  };
}

function leftOutText(object: KubeObject, field: string): string {
  const what = field.includes("duplicate entries")
    ? `${field.replace(/: duplicate entries for key /, " is there more than once, with the key ")}: one of them`
    : `${field} is no field of its kind and`;
  return `${refText(refOf(object))}: ${what} is left out, as KUDO did`;
}

function isSame(a: KubeObject, b: KubeObject): boolean {
  return isMap(a) && JSON.stringify(a) === JSON.stringify(b);
}
