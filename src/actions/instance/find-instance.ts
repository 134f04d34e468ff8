import type { Cluster } from "../../model/cluster.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { ANNOTATION, KUDO_API_VERSION } from "../../model/names.ts";
import { didYouMean } from "../../model/nearest.ts";
import { isNotServed } from "../../store/is-not-served.ts";
import type { ActionContext } from "../context.ts";

type Where = Pick<ActionContext, "cluster" | "namespace">;

/** The instance of the name given, or the only one of the namespace (that is no other's part); one request. Throws a `bad-input` KplanError that lists those that are there. */
export async function findInstance(ctx: Where, given: string | undefined): Promise<KubeObject> {
  if (given === undefined) return onlyOne(await instancesOf(ctx), ctx.namespace);
  const instance = await getInstance(ctx.cluster, ctx.namespace, given);
  if (!instance) throw noInstance(ctx.namespace, given, await instanceNames(ctx));
  return instance;
}

/** The name given, or that of the only instance of the namespace. Throws a `bad-input` KplanError that lists them when there are none or several. */
export async function instanceName(ctx: Where, given: string | undefined): Promise<string> {
  return given ?? onlyOne(await instancesOf(ctx), ctx.namespace).metadata.name;
}

/** Names of the instances of the namespace, sorted. None where the cluster does not know Instances. */
export async function instanceNames(ctx: Where): Promise<readonly string[]> {
  return namesOf(await instancesOf(ctx));
}

/** Those that others made for themselves are not meant, where there is one that is nobody's part. */
function onlyOne(instances: readonly KubeObject[], namespace: string): KubeObject {
  const own = instances.filter((instance) => !isPart(instance));
  const [only, ...others] = own.length > 0 ? own : instances;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) throw noInstance(namespace, undefined, []);
  throw new KplanError(
    "which-instance",
    `namespace ${namespace} has ${instances.length} instances: ${namesOf(instances).join(", ")}`,
    { kind: "bad-input", hint: "choose one with --instance NAME" },
  );
}

async function instancesOf(ctx: Where): Promise<readonly KubeObject[]> {
  const query = { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace: ctx.namespace };
  try {
    return (await ctx.cluster.list(query)).items;
  } catch (error) {
    if (isNotServed(error)) return [];
    throw error;
  }
}

/** Whether another instance made it for itself. */
function isPart({ metadata: { ownerReferences = [] } }: KubeObject): boolean {
  return ownerReferences.some(
    ({ kind, apiVersion }) => kind === "Instance" && apiVersion === KUDO_API_VERSION,
  );
}

function namesOf(instances: readonly KubeObject[]): readonly string[] {
  return instances.map(({ metadata }) => metadata.name).sort();
}

/** The Instance, or undefined when there is none, also where the cluster does not know Instances. */
export async function getInstance(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<KubeObject | undefined> {
  try {
    return await cluster.get({ apiVersion: KUDO_API_VERSION, kind: "Instance", namespace, name });
  } catch (error) {
    if (isNotServed(error)) return undefined;
    throw error;
  }
}

/** An error that names the instances that are there. */
export function noInstance(
  namespace: string,
  name: string | undefined,
  known: readonly string[],
): KplanError {
  const what =
    name === undefined
      ? `namespace ${namespace} has no instance`
      : `there is no instance ${name} in namespace ${namespace}${didYouMean(name, known)}`;
  const hint =
    known.length === 0
      ? "`kplan install PACKAGE` makes one; -n chooses another namespace"
      : `instances here: ${known.join(", ")}`;
  return new KplanError("no-such-instance", what, { kind: "bad-input", hint });
}

/** Name of an Instance's OperatorVersion. */
export function operatorVersionOf(instance: KubeObject): string {
  const spec = instance.spec as { operatorVersion?: { name?: string } } | undefined;
  return spec?.operatorVersion?.name ?? "";
}

/** The namespace of the OperatorVersion, when the Instance names one. */
export function operatorVersionNamespace(instance: KubeObject): string | undefined {
  const spec = instance.spec as { operatorVersion?: { namespace?: string } } | undefined;
  return spec?.operatorVersion?.namespace || undefined;
}

/** Digest of the package that an Instance is to have; undefined for one that KUDO made. */
export function digestOf(instance: KubeObject): string | undefined {
  return instance.metadata.annotations?.[ANNOTATION.digest];
}

/** Values as an Instance stores them. */
export function storedParameters(instance: KubeObject): Readonly<Record<string, string>> {
  const spec = instance.spec as { parameters?: Record<string, string> | null } | undefined;
  return spec?.parameters ?? {};
}
