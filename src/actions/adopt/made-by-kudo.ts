import { renderTask, type TaskPath } from "../../engine/objects/materialize.ts";
import { type Cluster, ClusterError } from "../../model/cluster.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { groupOf, type KubeObject, refKey, refOf, refText } from "../../model/kube-object.ts";
import { ANNOTATION, LABEL } from "../../model/names.ts";
import type { InventoryEntry, RunInputs, RunPath } from "../../model/run.ts";
import { storedPlanStatus } from "../../store/instance-status.ts";

/** What KUDO has made for an instance. */
export interface MadeByKudo {
  /** In the order that it was made. */
  readonly inventory: readonly Omit<InventoryEntry, "run">[];
  /** What could not be found out, and what is left alone, in sentences. */
  readonly notes: readonly string[];
}

/** Kinds that packages make, each with the group versions that serve it, best first. */
const KINDS: readonly (readonly [kind: string, ...apiVersions: string[]])[] = [
  ["ConfigMap", "v1"],
  ["Secret", "v1"],
  ["Service", "v1"],
  ["ServiceAccount", "v1"],
  ["PersistentVolumeClaim", "v1"],
  ["Pod", "v1"],
  ["ReplicationController", "v1"],
  ["ResourceQuota", "v1"],
  ["LimitRange", "v1"],
  ["Deployment", "apps/v1"],
  ["StatefulSet", "apps/v1"],
  ["DaemonSet", "apps/v1"],
  ["ReplicaSet", "apps/v1"],
  ["Job", "batch/v1"],
  ["CronJob", "batch/v1", "batch/v1beta1"],
  ["PodDisruptionBudget", "policy/v1", "policy/v1beta1"],
  ["HorizontalPodAutoscaler", "autoscaling/v1"],
  ["Ingress", "networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1"],
  ["NetworkPolicy", "networking.k8s.io/v1"],
  ["Role", "rbac.authorization.k8s.io/v1"],
  ["RoleBinding", "rbac.authorization.k8s.io/v1"],
  ["Instance", "kudo.dev/v1beta1"],
  ["ClusterRole", "rbac.authorization.k8s.io/v1"],
  ["ClusterRoleBinding", "rbac.authorization.k8s.io/v1"],
  ["CustomResourceDefinition", "apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"],
  ["StorageClass", "storage.k8s.io/v1"],
  ["PriorityClass", "scheduling.k8s.io/v1"],
];

/**
 * Finds what KUDO applied for an instance: whatever carries its labels and the names of a plan, of all the usual kinds and of those that the package's templates render
 * with the live parameters. What a controller made of it (pods, claims of a StatefulSet) is not counted. Throws ClusterError when the cluster cannot be asked.
 */
export async function madeByKudo(
  cluster: Cluster,
  instance: KubeObject,
  inputs: RunInputs,
): Promise<MadeByKudo> {
  const notes: string[] = [];
  const rendered = renderedPaths(inputs, notes);
  const kinds = kindsOf(inputs.capabilities.APIVersions, [...rendered.values()]);
  const found = await Promise.all(
    kinds.map(([apiVersion, kind]) => listed(cluster, instance, { apiVersion, kind }, notes)),
  );
  const uids = new Set(storedPlanStatus(instance).flatMap(({ uid }) => (uid ? [uid] : [])));
  const applied = found
    .flat()
    .filter((object) => isApplied(object, instance))
    .filter((object) => isKnownToBeIts(object, uids, rendered.has(nameOf(object)), notes))
    .sort(byAge);
  const once = new Map(applied.map((object) => [refKey(refOf(object)), object]));
  return {
    inventory: [...once.values()].map((object) => ({
      ref: refOf(object),
      path: pathOf(object, rendered.get(nameOf(object))?.path),
    })),
    notes,
  };
}

interface Rendered {
  readonly object: KubeObject;
  readonly path: TaskPath;
}

/** What the plans that have run would render now, by kind and name; a template that does not render is told. */
function renderedPaths(inputs: RunInputs, notes: string[]): Map<string, Rendered> {
  const all = new Map<string, Rendered>();
  const failed = new Set<string>();
  const { operator } = inputs.pkg;
  for (const plan of inputs.plans)
    for (const phase of plan.phases)
      for (const step of phase.steps)
        for (const name of step.tasks) {
          const task = operator.tasks.find((each) => each.name === name);
          if (task?.kind !== "Apply" && task?.kind !== "Toggle") continue;
          const path = { plan: plan.name, phase: phase.name, step: step.name, task: name };
          for (const resource of task.resources) {
            const one = { ...task, kind: "Apply", resources: [resource] } as const;
            try {
              for (const { object } of renderTask(inputs, path, one as never)) {
                const key = nameOf(object);
                if (!all.has(key)) all.set(key, { object, path });
              }
            } catch (error) {
              if (!(error instanceof KplanError)) throw error;
              failed.add(resource);
            }
          }
        }
  if (failed.size > 0)
    notes.push(
      `${[...failed].join(", ")} cannot be rendered as things stand: objects of theirs are found by their labels only`,
    );
  return all;
}

/** Each kind once by its group, as the server serves it. */
function kindsOf(
  served: readonly string[],
  rendered: readonly Rendered[],
): readonly (readonly [string, string])[] {
  const usual = KINDS.flatMap(([kind, ...versions]) => {
    const version = versions.find((each) => served.includes(each));
    return version === undefined ? [] : [[version, kind] as const];
  });
  const others = rendered.map(({ object }) => [object.apiVersion, object.kind] as const);
  const key = ([apiVersion, kind]: readonly [string, string]) => `${groupOf(apiVersion)}/${kind}`;
  return [
    ...new Map([...others, ...usual].map((each) => [key(each), each] as const)).values(),
  ].filter(([apiVersion]) => apiVersion !== "" && served.includes(apiVersion));
}

async function listed(
  cluster: Cluster,
  { metadata }: KubeObject,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  notes: string[],
): Promise<readonly KubeObject[]> {
  const labelSelector = `${LABEL.heritage}=kudo,${LABEL.instance}=${metadata.name}`;
  try {
    const { namespaced } = await cluster.resourceOf(apiVersion, kind);
    const { items } = await cluster.list({
      apiVersion,
      kind,
      labelSelector,
      ...(namespaced && { namespace: metadata.namespace ?? "" }),
    });
    return items.map((item) => ({ ...item, apiVersion, kind }) as KubeObject);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.kind === "not-served" || error.kind === "not-found") return [];
    if (error.kind !== "forbidden") throw error;
    notes.push(`objects of kind ${kind} may not be listed: what KUDO made of these is not known`);
    return [];
  }
}

/** Applied itself, and not made by a controller after the pattern of what was. */
function isApplied({ metadata }: KubeObject, instance: KubeObject): boolean {
  const { annotations = {}, ownerReferences = [] } = metadata;
  const controller = ownerReferences.find((owner) => owner.controller === true);
  const isOwn = controller === undefined || controller.uid === instance.metadata.uid;
  return isOwn && (ANNOTATION.plan in annotations || ANNOTATION.lastApplied in annotations);
}

/**
 * The labels of what stands in no namespace do not say of which namespace its instance is; the uid of a plan's run does. What the templates would make and somebody else
 * may have made is told; anything else is another instance's of that name.
 */
function isKnownToBeIts(
  object: KubeObject,
  uids: ReadonlySet<string>,
  isRendered: boolean,
  notes: string[],
): boolean {
  const { namespace, annotations = {} } = object.metadata;
  if (namespace !== undefined) return true;
  if (uids.has(annotations[ANNOTATION.planUid] ?? "")) return true;
  if (isRendered && annotations[ANNOTATION.namespace] === undefined)
    notes.push(
      `${refText(refOf(object))} carries the name of the instance, but nothing says that it is not another's of that name: it is left alone, as KUDO did, until a plan applies it`,
    );
  return false;
}

function pathOf({ metadata }: KubeObject, rendered: TaskPath | undefined): RunPath {
  const { annotations = {} } = metadata;
  const {
    [ANNOTATION.plan]: plan,
    [ANNOTATION.phase]: phase,
    [ANNOTATION.step]: step,
  } = annotations;
  if (plan === undefined || phase === undefined || step === undefined)
    return rendered ?? { plan: "deploy" };
  const isThere = rendered?.plan === plan && rendered.phase === phase && rendered.step === step;
  return { plan, phase, step, ...(isThere && { task: rendered.task }) };
}

function nameOf({ apiVersion, kind, metadata }: KubeObject): string {
  return `${groupOf(apiVersion)}/${kind}/${metadata.name}`;
}

function byAge(a: KubeObject, b: KubeObject): number {
  const [at, bt] = [a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""];
  return at === bt ? 0 : at < bt ? -1 : 1;
}
