import { dependenciesOf } from "../../enhance/dependencies-of.ts";
import type { CallOptions, Cluster } from "../../model/cluster.ts";
import { ClusterError } from "../../model/cluster.ts";
import { isMap } from "../../model/json.ts";
import { groupOf, type KubeObject, type ObjectRef, refKey } from "../../model/kube-object.ts";
import type { Limit } from "../run-context.ts";
import { appliedBeside } from "./applied-beside.ts";
import {
  enhanceTask,
  type MaterializeInputs,
  renderTask,
  type TaskPath,
  type WritingTask,
} from "./materialize.ts";
import { type UpgradedObjects, upgradeApis } from "./upgrade-apis.ts";
import { wanted } from "./wanted.ts";

/** Where the answers come from that enhancing needs. */
export interface LiveLookup {
  readonly cluster: Cluster;
  readonly requests: Limit;
  /** Kinds that the run itself defines, see `definedKinds`; they may not be served yet. */
  readonly definedKinds: ReadonlyMap<string, boolean>;
  /** The ConfigMap or Secret that pods use; the live one when absent. */
  readonly dependency?: (ref: ObjectRef) => Promise<KubeObject | undefined>;
  readonly options?: CallOptions;
}

/** A task's objects, and those whose kind nobody serves. */
export interface LiveObjects {
  readonly objects: readonly KubeObject[];
  /** As rendered; not among `objects`. */
  readonly notServed: readonly { readonly object: KubeObject; readonly error: ClusterError }[];
  /** What is applied otherwise than the templates say, a sentence each: in another version of its API. */
  readonly notes: readonly string[];
}

/** `materialize` with the cluster's answers: the scope of each kind, and what the pods use. */
export async function materializeLive(
  inputs: MaterializeInputs,
  path: TaskPath,
  task: WritingTask,
  lookup: LiveLookup,
): Promise<LiveObjects> {
  const said = renderTask(inputs, path, task).map(({ object }) => object);
  const { objects: upgraded, notServed: gone, notes } = await upgrade(inputs, said, task, lookup);
  const rendered = wanted(upgraded, path, inputs);
  const scopes = await scopesOf(rendered, lookup);
  const unknown = rendered.flatMap((object) => {
    const scope = scopes.get(kindKey(object));
    return scope instanceof ClusterError ? [{ object, error: scope }] : [];
  });
  const served = rendered.filter((object) => typeof scopes.get(kindKey(object)) === "boolean");
  const isNamespaced = (object: KubeObject): boolean => scopes.get(kindKey(object)) === true;
  const used = task.kind === "Delete" ? new Map() : await usedBy(inputs, path, served, lookup);
  const dependency = (ref: ObjectRef): KubeObject | undefined => used.get(refKey(ref));
  const objects = enhanceTask(inputs, path, served, { isNamespaced, dependency });
  return { objects, notServed: [...gone, ...unknown], notes };
}

/** KUDO's packages were written for older servers; a native one asks what is served. */
async function upgrade(
  { pkg, apiUpgrade = pkg.dialect === "kudo" }: MaterializeInputs,
  objects: readonly KubeObject[],
  { kind }: WritingTask,
  lookup: LiveLookup,
): Promise<UpgradedObjects> {
  if (!apiUpgrade) return { objects, notServed: [], notes: [] };
  return await upgradeApis(objects, kind === "Delete" ? "delete" : "apply", lookup);
}

/** Whether CustomResourceDefinitions keep their kinds in namespaces, by `group/kind`. */
export function definedKinds(objects: readonly KubeObject[]): Map<string, boolean> {
  const kinds = new Map<string, boolean>();
  for (const { kind, spec } of objects) {
    if (kind !== "CustomResourceDefinition" || !isMap(spec) || !isMap(spec.names)) continue;
    kinds.set(`${String(spec.group)}/${String(spec.names.kind)}`, spec.scope !== "Cluster");
  }
  return kinds;
}

/** `group/kind`, as `definedKinds` has it. */
export function kindKey({ apiVersion, kind }: Pick<KubeObject, "apiVersion" | "kind">): string {
  return `${groupOf(apiVersion)}/${kind}`;
}

/** For each kind whether it is namespaced, or why it cannot be had. Throws what is not about the kind. */
async function scopesOf(
  objects: readonly KubeObject[],
  { cluster, definedKinds: known, requests }: LiveLookup,
): Promise<Map<string, boolean | ClusterError>> {
  const here = definedKinds(objects);
  const unique = new Map(objects.map((object) => [kindKey(object), object]));
  const found = await Promise.all(
    [...unique].map(
      async ([key, { apiVersion, kind }]): Promise<[string, boolean | ClusterError]> => {
        const defined = here.get(key) ?? known.get(key);
        if (defined !== undefined) return [key, defined];
        try {
          const resource = await requests(() => cluster.resourceOf(apiVersion, kind));
          return [key, resource.namespaced];
        } catch (error) {
          if (error instanceof ClusterError && error.kind === "not-served") return [key, error];
          throw error;
        }
      },
    ),
  );
  return new Map(found);
}

/** What the pods of these objects use and the objects are not themselves. */
async function usedBy(
  inputs: MaterializeInputs,
  path: TaskPath,
  objects: readonly KubeObject[],
  { cluster, requests, dependency, options }: LiveLookup,
): Promise<Map<string, KubeObject>> {
  const { namespace } = inputs.instance;
  const own = new Set(
    objects.map((object) => refKey({ ...object, name: object.metadata.name, namespace })),
  );
  const refs = new Map(
    objects
      .flatMap((object) =>
        dependenciesOf({ ...object, metadata: { ...object.metadata, namespace } }),
      )
      .map((ref) => [refKey(ref), ref]),
  );
  const read = dependency ?? ((ref: ObjectRef) => requests(() => cluster.get(ref, options)));
  const others = [...refs].filter(([key]) => !own.has(key));
  const isKudo = others.length > 0 && inputs.pkg.dialect === "kudo";
  const beside = isKudo ? appliedBeside(inputs, path) : new Map<string, KubeObject>();
  const found = await Promise.all(
    others.map(async ([key, ref]) => [key, beside.get(key) ?? (await read(ref))] as const),
  );
  return new Map(found.flatMap(([key, object]) => (object === undefined ? [] : [[key, object]])));
}
