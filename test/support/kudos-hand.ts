import { createHash, randomUUID } from "node:crypto";
import { kudoDigest } from "../../src/enhance/kudo-digest.ts";
import { isMap } from "../../src/model/json.ts";
import { groupOf, type KubeObject } from "../../src/model/kube-object.ts";
import type { OperatorPackage } from "../../src/model/package.ts";
import { loadPackage } from "../../src/package/load-package.ts";
import { kudoParams } from "../../src/params/kudo-params.ts";
import { kudoDefault } from "../../src/params/kudo-text.ts";
import { renderObjects } from "../../src/render/render-objects.ts";
import { operatorObject, operatorVersionObject } from "../../src/store/operator-objects.ts";
import type { Api as WholeApi } from "./api.ts";

type Api = Pick<WholeApi, "get" | "post" | "patch">;

/** An instance that KUDO left behind. */
export interface KudosInstance {
  readonly namespace: string;
  readonly name: string;
  /** Files of the package, by path. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Plans that KUDO ran, in this order. */
  readonly plans?: readonly string[];
  /** How the last of these plans stands; COMPLETE when absent. Its last step has this status. */
  readonly status?: string;
  /** With the finalizer of a package with a cleanup plan. */
  readonly finalizer?: boolean;
  /** The instance that owns it, by name: one of its tasks is of kind KudoOperator. */
  readonly owner?: { readonly name: string; readonly uid: string };
  /** Applied by it, in the order of its steps; all when absent. */
  readonly only?: (object: KubeObject) => boolean;
}

/**
 * Writes what KUDO's command and controller would have written for an instance, as its compatibility reference says (sections 4 and 8), by KUDO's field manager. Written down
 * apart from kplan's own enhancer, so that one shows what the other does wrong. Returns the Instance's uid.
 */
export async function leaveAsKudo(api: Api, left: KudosInstance): Promise<string> {
  const { namespace, name, parameters = {}, plans = ["deploy"] } = left;
  const pkg = packageOf(left.files);
  const kudos = `/apis/kudo.dev/v1beta1/namespaces/${namespace}`;
  const { annotations: _, ...metadata } = operatorVersionObject(pkg, namespace).metadata;
  await made(api, `${kudos}/operators`, operatorObject(pkg, namespace));
  const version = { ...operatorVersionObject(pkg, namespace), metadata };
  await made(api, `${kudos}/operatorversions`, version);
  const stored = { ...immutableDefaults(pkg), ...parameters };
  const instance = await made(api, `${kudos}/instances`, {
    apiVersion: "kudo.dev/v1beta1",
    kind: "Instance",
    metadata: {
      name,
      namespace,
      labels: { "kudo.dev/operator": pkg.operator.name },
      ...(left.owner && {
        ownerReferences: [{ apiVersion: "kudo.dev/v1beta1", kind: "Instance", ...left.owner }],
      }),
      ...(left.finalizer && { finalizers: ["kudo.dev.instance.cleanup"] }),
    },
    spec: { operatorVersion: { name: version.metadata.name }, parameters: stored },
  });
  const uid = instance.metadata.uid ?? "";
  const done = new Map<string, string>();
  for (const plan of plans) {
    const run = randomUUID();
    done.set(plan, run);
    await runPlan(api, { ...left, pkg, plan, run, uid, stored });
  }
  const told = await api.patch(
    `${kudos}/instances/${name}/status?fieldManager=manager`,
    "merge-patch",
    { status: statusOf(pkg, done, plans.at(-1), left.status ?? "COMPLETE") },
  );
  if (told.status !== 200) throw new Error(JSON.stringify(told.body));
  const last = plans.at(-1);
  const isOver = ["COMPLETE", "FATAL_ERROR"].includes(left.status ?? "COMPLETE");
  if (!isOver && last !== undefined)
    await api.patch(`${kudos}/instances/${name}?fieldManager=manager`, "merge-patch", {
      spec: { planExecution: { planName: last, uid: done.get(last), status: left.status } },
    });
  return uid;
}

/** The package of these files; throws when it is none. */
export function packageOf(files: Readonly<Record<string, string | null>>): OperatorPackage {
  const bytes = new Map(
    Object.entries(files).flatMap(([path, text]) =>
      text === null ? [] : [[path, new TextEncoder().encode(text)] as const],
    ),
  );
  const { pkg, issues } = loadPackage("package", bytes);
  if (!pkg) throw new Error(JSON.stringify(issues));
  return pkg;
}

interface PlanRun extends KudosInstance {
  readonly pkg: OperatorPackage;
  readonly plan: string;
  readonly run: string;
  readonly uid: string;
  readonly stored: Readonly<Record<string, string>>;
}

async function runPlan(api: Api, by: PlanRun): Promise<void> {
  const { pkg, namespace, only = () => true } = by;
  const plan = pkg.operator.plans.find(({ name }) => name === by.plan);
  for (const phase of plan?.phases ?? [])
    for (const step of phase.steps)
      for (const name of step.tasks) {
        const task = pkg.operator.tasks.find((each) => each.name === name);
        if (task?.kind !== "Apply") continue;
        const rendered = renderObjects(
          pkg,
          task.resources,
          {
            Name: by.name,
            Namespace: namespace,
            OperatorName: pkg.operator.name,
            OperatorVersion: pkg.operator.operatorVersion,
            AppVersion: pkg.operator.appVersion ?? "",
            PlanName: by.plan,
            PhaseName: phase.name,
            StepName: step.name,
            TaskName: name,
            Params: kudoParams(pkg.parameters, by.stored).values as never,
            Pipes: {},
            Facts: {},
            Capabilities: { KubeVersion: { Major: 1, Minor: 20 }, APIVersions: [] },
          },
          { seed: by.run, startedAt: "2021-01-01T00:00:00Z" },
        ).map(({ object }) => object);
        const objects = rendered.map((object) => enhanced(object, by, phase.name, step.name));
        for (const object of objects) await addHash(api, object, objects, namespace);
        for (const object of objects.filter(only)) await apply(api, object);
      }
}

const CLUSTER_SCOPED = ["ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"];

/** Compat sections 4.1 and 4.2, and what Go's types put in. */
function enhanced(rendered: KubeObject, by: PlanRun, phase: string, step: string): KubeObject {
  const object = structuredClone(rendered) as KubeObject;
  const labels = {
    heritage: "kudo",
    "kudo.dev/operator": by.pkg.operator.name,
    "kudo.dev/instance": by.name,
  };
  const { metadata } = object;
  metadata.labels = { ...metadata.labels, ...labels };
  metadata.annotations = {
    ...metadata.annotations,
    "kudo.dev/plan": by.plan,
    "kudo.dev/phase": phase,
    "kudo.dev/step": step,
    "kudo.dev/last-plan-execution-uid": by.run,
  };
  metadata.creationTimestamp = null as never;
  if (!CLUSTER_SCOPED.includes(object.kind)) {
    metadata.namespace = by.namespace;
    metadata.ownerReferences = [
      {
        apiVersion: "kudo.dev/v1beta1",
        kind: "Instance",
        name: by.name,
        uid: by.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ];
  }
  const spec = object.spec as Record<string, unknown> | undefined;
  const template = templateOf(object);
  if (spec && template) {
    template.metadata = {
      ...template.metadata,
      creationTimestamp: null,
      labels: { ...template.metadata?.labels, ...labels },
      annotations: {
        ...template.metadata?.annotations,
        "kudo.dev/operator-version": by.pkg.operator.operatorVersion,
      },
    };
    for (const container of template.spec?.containers ?? []) container.resources ??= {};
    if (object.kind === "Deployment") spec.strategy ??= {};
    if (object.kind === "StatefulSet") spec.updateStrategy ??= {};
    for (const claim of (spec.volumeClaimTemplates as KubeObject[] | undefined) ?? []) {
      claim.metadata.labels = { ...claim.metadata.labels, ...labels };
      claim.metadata.creationTimestamp = null as never;
      claim.status = {};
    }
    object.status = {};
  }
  if (object.kind === "Service") object.status = { loadBalancer: {} };
  return object;
}

interface Template {
  metadata?: { labels?: object; annotations?: Record<string, string>; creationTimestamp?: null };
  spec?: {
    containers?: { resources?: object }[];
    volumes?: { configMap?: { name: string }; secret?: { secretName: string } }[];
  };
}

function templateOf({ kind, spec }: KubeObject): Template | undefined {
  if (!["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind) || !isMap(spec)) return;
  return spec.template as Template;
}

/** Compat section 4.3; a Job gets it too. */
async function addHash(
  api: Api,
  object: KubeObject,
  task: readonly KubeObject[],
  namespace: string,
): Promise<void> {
  const template = templateOf(object);
  const volumes = template?.spec?.volumes ?? [];
  const names = [
    ...volumes.flatMap(({ configMap }) => (configMap ? [["ConfigMap", configMap.name]] : [])),
    ...volumes.flatMap(({ secret }) => (secret ? [["Secret", secret.secretName]] : [])),
  ].sort() as [string, string][];
  if (!template?.metadata?.annotations || names.length === 0) return;
  const hash = createHash("md5");
  for (const [kind, name] of names) {
    const here = task.find((one) => one.kind === kind && one.metadata.name === name);
    const found = here ?? (await lastApplied(api, kind, name, namespace));
    hash.update(found ? kudoDigest(found) : Buffer.alloc(16));
  }
  template.metadata.annotations["kudo.dev/dependencies-hash"] = hash.digest("hex");
}

async function lastApplied(
  api: Api,
  kind: string,
  name: string,
  namespace: string,
): Promise<KubeObject | undefined> {
  const path = `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
  const { status, body } = await api.get(path);
  if (status !== 200) return undefined;
  return JSON.parse(body.metadata.annotations["kudo.dev/last-applied-configuration"]);
}

/** Compat section 4.4: made with a copy of itself; what is there already is patched (as far as a merge of the whole tells it). */
async function apply(api: Api, object: KubeObject): Promise<void> {
  const { annotations } = object.metadata;
  const copy = JSON.stringify(object);
  const all = {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...annotations, "kudo.dev/last-applied-configuration": copy },
    },
  };
  const path = `${collectionOf(object)}`;
  const { status, body } = await api.post(`${path}?fieldManager=manager`, all);
  if (status === 201) return;
  if (status !== 409) throw new Error(`${object.kind}: ${JSON.stringify(body)}`);
  const patched = await api.patch(
    `${path}/${object.metadata.name}?fieldManager=manager`,
    groupOf(object.apiVersion).includes(".") ? "merge-patch" : "strategic-merge-patch",
    all,
  );
  if (patched.status !== 200) throw new Error(JSON.stringify(patched.body));
}

/** Where the server keeps such objects. */
export function collectionOf({ apiVersion, kind, metadata }: KubeObject): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
  const within = CLUSTER_SCOPED.includes(kind) ? "" : `/namespaces/${metadata.namespace}`;
  return `${root}${within}/${plural.toLowerCase()}`;
}

function immutableDefaults({ parameters }: OperatorPackage): Record<string, string> {
  return Object.fromEntries(
    parameters.flatMap((parameter) => {
      const text = parameter.immutable ? kudoDefault(parameter) : undefined;
      return text === undefined ? [] : [[parameter.name, text]];
    }),
  );
}

/** Compat section 8.3: every plan, those that never ran too. */
function statusOf(
  pkg: OperatorPackage,
  done: ReadonlyMap<string, string>,
  last: string | undefined,
  how: string,
): object {
  const stand = (plan: string): string =>
    plan === last ? how : done.has(plan) ? "COMPLETE" : "NEVER_RUN";
  const whole = (status: string): string => (status === "ERROR" ? "IN_PROGRESS" : status);
  return {
    planStatus: Object.fromEntries(
      pkg.operator.plans.map((plan) => [
        plan.name,
        {
          name: plan.name,
          status: whole(stand(plan.name)),
          ...(done.has(plan.name) && {
            lastUpdatedTimestamp: `2021-04-14T1${[...done.keys()].indexOf(plan.name)}:00:00Z`,
          }),
          // KUDO has an empty text where there is none; servers of 1.20 built by a later Go refuse that.
          ...(done.has(plan.name) && { uid: done.get(plan.name) }),
          phases: plan.phases.map((phase, at) => ({
            name: phase.name,
            status:
              at < plan.phases.length - 1 && done.has(plan.name)
                ? "COMPLETE"
                : whole(stand(plan.name)),
            steps: phase.steps.map((step, index) => ({
              name: step.name,
              status:
                (at < plan.phases.length - 1 || index < phase.steps.length - 1) &&
                done.has(plan.name)
                  ? "COMPLETE"
                  : stand(plan.name),
            })),
          })),
        },
      ]),
    ),
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "ResourcesReady",
        message: "all resources are ready",
        lastTransitionTime: "2021-04-14T10:00:00Z",
      },
    ],
  };
}

async function made(api: Api, path: string, object: KubeObject): Promise<KubeObject> {
  const { status, body } = await api.post(`${path}?fieldManager=kubectl-kudo`, object);
  if (status === 409) return body;
  if (status !== 201) throw new Error(`${object.kind}: ${JSON.stringify(body)}`);
  return body;
}
