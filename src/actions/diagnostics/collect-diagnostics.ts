import { ClusterError } from "../../model/cluster.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, type ObjectRef, refText } from "../../model/kube-object.ts";
import { KUDO_API_VERSION, LABEL } from "../../model/names.ts";
import { listRuns } from "../../store/run-store.ts";
import type { ActionContext } from "../context.ts";
import { findInstance, operatorVersionOf } from "../instance/find-instance.ts";
import { getOperatorVersion } from "../instance/operator-version.ts";
import { hideSecrets, hideTexts, secretTexts } from "./hide-secrets.ts";

/** What a file of a bundle holds: a value (YAML), a log (gzip), or why there is none. */
export type DiagnosticContent =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "log"; readonly text: string }
  | { readonly kind: "error"; readonly text: string };

/** What `diagnostics collect` is asked for. */
export interface DiagnosticsRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** Only what was logged in the last so many milliseconds. */
  readonly since?: number;
  /** What `version.yaml` and `settings.yaml` say. */
  readonly version: unknown;
  readonly settings: unknown;
  /** Keeps a file of the bundle, by its path below the bundle's folder. */
  readonly write: (path: string, content: DiagnosticContent) => Promise<void>;
}

/** What a bundle came to. */
export interface Diagnostics {
  readonly instance: string;
  /** Why something is not in it; each is in an `.err` file too. */
  readonly problems: readonly string[];
}

type Where = Pick<ActionContext, "cluster" | "namespace">;

/**
 * Collects what there is to know of an instance, in the folders of KUDO's bundle (compat section 9.4): its objects, those of its children, pods with their logs, and beside
 * them what kplan keeps of its runs. Secrets are never read, and what sounds secret is `***`. What cannot be read is an `.err` file, and the rest is collected.
 */
export async function collectDiagnostics(
  ctx: Where,
  request: DiagnosticsRequest,
): Promise<Diagnostics> {
  const instance = await findInstance(ctx, request.instance);
  const { name } = instance.metadata;
  const bundle = bundleOf(request);
  await bundle.value("version", () => Promise.resolve(request.version));
  await bundle.value("settings", () => Promise.resolve(request.settings));
  const since =
    request.since === undefined
      ? undefined
      : new Date((await ctx.cluster.serverTime()) - request.since).toISOString();
  await collectOperator(ctx, bundle, { instance, folder: "", ...(since && { since }) });
  await collectController(ctx, bundle, since);
  return { instance: name, problems: bundle.problems };
}

/** The files of a bundle as they come. */
interface Bundle {
  readonly problems: string[];
  /** Texts that are secret wherever they stand, of the instances that were met so far. */
  readonly known: string[];
  /** Keeps `PATH.yaml`, unless there is nothing. */
  value(path: string, read: () => Promise<unknown>): Promise<void>;
  /** Keeps `PATH.log.gz`. */
  log(path: string, read: () => Promise<string>): Promise<void>;
}

function bundleOf({ write }: DiagnosticsRequest): Bundle {
  const problems: string[] = [];
  const known: string[] = [];
  const keep = async (
    path: string,
    end: string,
    read: () => Promise<DiagnosticContent | undefined>,
  ) => {
    try {
      const content = await read();
      if (content) await write(`${path}${end}`, content);
    } catch (error) {
      if (!(error instanceof ClusterError || error instanceof KplanError)) throw error;
      problems.push(`${path}: ${error.message}`);
      await write(`${path}.err`, { kind: "error", text: `${error.message}\n` });
    }
  };
  return {
    problems,
    known,
    value: (path, read) =>
      keep(path, ".yaml", async () => {
        const value = await read();
        return value === undefined
          ? undefined
          : { kind: "value", value: hideSecrets(value, known) };
      }),
    log: (path, read) =>
      keep(path, ".log.gz", async () => ({ kind: "log", text: hideTexts(await read(), known) })),
  };
}

/** An instance with its operator and version, what it made, and its children in folders of their own. */
async function collectOperator(
  ctx: Where,
  bundle: Bundle,
  of: { readonly instance: KubeObject; readonly folder: string; readonly since?: string },
): Promise<void> {
  const { instance } = of;
  const { name, uid, labels } = instance.metadata;
  bundle.known.push(...secretTexts(instance));
  const versionName = operatorVersionOf(instance);
  const version = await getOperatorVersion(ctx, versionName).catch(() => undefined);
  const spec = (version?.spec ?? {}) as { operator?: { name?: string } };
  const operator = spec.operator?.name ?? labels?.[LABEL.operator] ?? versionName;
  const folder = `${of.folder}operator_${operator}/`;
  await bundle.value(`${folder}${operator}`, () => theObject(ctx, "Operator", operator));
  await bundle.value(`${folder}operatorversion_${versionName}/${versionName}`, () =>
    theObject(ctx, "OperatorVersion", versionName),
  );
  const inside = `${folder}instance_${name}/`;
  await bundle.value(`${inside}${name}`, () => Promise.resolve(instance));
  await bundle.value(`kplan/runs_${name}`, async () => {
    const runs = await listRuns(ctx.cluster, { namespace: ctx.namespace, instance: name });
    return runs.length === 0 ? undefined : runs.map(({ record }) => record);
  });
  await collectPods(ctx, bundle, {
    folder: inside,
    selector: `${LABEL.instance}=${name}`,
    ...(of.since && { since: of.since }),
  });
  for (const kind of KINDS)
    await collectList(ctx, bundle, { kind, folder: inside, selector: `${LABEL.instance}=${name}` });
  let items: readonly KubeObject[] = [];
  await bundle.value(`${folder}children`, async () => {
    const { namespace } = ctx;
    const query = { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace };
    items = (await ctx.cluster.list(query)).items;
    return undefined;
  });
  const children = items.filter((other) =>
    other.metadata.ownerReferences?.some((owner) => owner.uid === uid),
  );
  for (const child of children)
    await collectOperator(ctx, bundle, { ...of, instance: child, folder });
}

async function theObject(ctx: Where, kind: string, name: string): Promise<KubeObject> {
  const { namespace } = ctx;
  const ref: ObjectRef = { apiVersion: KUDO_API_VERSION, kind, name, namespace };
  const object = await ctx.cluster.get(ref);
  if (object) return object;
  throw new KplanError("not-there", `${refText(ref)} is not there`);
}

/** A kind whose objects are kept as a list. */
interface ListedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly isClusterWide?: true;
}

const RBAC = "rbac.authorization.k8s.io/v1";
const KINDS: readonly ListedKind[] = [
  { apiVersion: "v1", kind: "Service" },
  { apiVersion: "apps/v1", kind: "Deployment" },
  { apiVersion: "apps/v1", kind: "StatefulSet" },
  { apiVersion: "apps/v1", kind: "ReplicaSet" },
  { apiVersion: "v1", kind: "ServiceAccount" },
  { apiVersion: RBAC, kind: "Role" },
  { apiVersion: RBAC, kind: "RoleBinding" },
  { apiVersion: RBAC, kind: "ClusterRole", isClusterWide: true },
  { apiVersion: RBAC, kind: "ClusterRoleBinding", isClusterWide: true },
];

async function collectList(
  { cluster, namespace }: Where,
  bundle: Bundle,
  of: { readonly kind: ListedKind; readonly folder: string; readonly selector: string },
): Promise<void> {
  const { apiVersion, kind, isClusterWide } = of.kind;
  await bundle.value(`${of.folder}${kind.toLowerCase()}list`, async () => {
    const { items } = await cluster.list({
      ...{ apiVersion, kind, labelSelector: of.selector },
      ...(!isClusterWide && { namespace }),
    });
    if (items.length === 0) return undefined;
    return { apiVersion, kind: `${kind}List`, metadata: {}, items };
  });
}

/** Pods, and the logs of their containers from their beginning, or from a time on. */
async function collectPods(
  { cluster, namespace }: Where,
  bundle: Bundle,
  of: { readonly folder: string; readonly selector: string; readonly since?: string },
): Promise<void> {
  const query = { apiVersion: "v1", kind: "Pod", namespace, labelSelector: of.selector };
  let pods: readonly KubeObject[] = [];
  await bundle.value(`${of.folder}podlist`, async () => {
    pods = (await cluster.list(query)).items;
    return undefined;
  });
  for (const pod of pods) {
    const { name } = pod.metadata;
    const folder = `${of.folder}pod_${name}/`;
    await bundle.value(`${folder}${name}`, () => Promise.resolve(pod));
    const ref: ObjectRef = { apiVersion: "v1", kind: "Pod", name, namespace };
    for (const container of containersOf(pod))
      await bundle.log(`${folder}${container}`, () =>
        cluster.logs(ref, { container, ...(of.since && { since: of.since }) }),
      );
  }
}

function containersOf({ spec }: KubeObject): readonly string[] {
  const { initContainers = [], containers = [] } = (spec ?? {}) as {
    initContainers?: readonly { readonly name: string }[];
    containers?: readonly { readonly name: string }[];
  };
  return [...initContainers, ...containers].map(({ name }) => name);
}

const SYSTEM = "kudo-system";
const CONTROLLER = "app=kudo-manager";

/** What a KUDO controller left, where one was. */
async function collectController(
  { cluster }: Where,
  bundle: Bundle,
  since: string | undefined,
): Promise<void> {
  const where = { cluster, namespace: SYSTEM };
  const folder = "kudo/";
  const ref: ObjectRef = {
    ...{ apiVersion: "apps/v1", kind: "StatefulSet", namespace: SYSTEM },
    name: "kudo-controller-manager",
  };
  const controller = await cluster.get(ref).catch(() => undefined);
  if (!controller) return;
  await collectPods(where, bundle, { folder, selector: CONTROLLER, ...(since && { since }) });
  for (const kind of KINDS.filter(({ kind }) =>
    ["Service", "StatefulSet", "ServiceAccount"].includes(kind),
  ))
    await collectList(where, bundle, { kind, folder, selector: CONTROLLER });
}
