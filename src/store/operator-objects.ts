import { assertNever } from "../model/assert-never.ts";
import { canonicalJson, type JsonMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { ANNOTATION, KUDO_API_VERSION, LABEL, operatorVersionName } from "../model/names.ts";
import type { Dialect, OperatorPackage } from "../model/package.ts";
import type { Parameter } from "../model/parameter.ts";
import type { Phase, Plan } from "../model/plan.ts";
import type { Task } from "../model/task.ts";
import { kudoDefault, kudoEnum } from "../params/kudo-text.ts";

/** On an OperatorVersion: the names of its plans in the order of the package (JSON), which a map of Kubernetes loses. */
const PLAN_ORDER = "kplan.dev/plan-order";

/** Templates of more bytes than this stay out of the OperatorVersion (its Secrets hold them anyway): an object of Kubernetes has its limits. */
const ROOM_FOR_TEMPLATES = 700 * 1024;

/** The Operator of a package, as KUDO writes it. */
export function operatorObject(pkg: OperatorPackage, namespace: string): KubeObject {
  const { name, description, kubernetesVersion, maintainers, url } = pkg.operator;
  const { kudoVersion, namespaceManifest } = pkg.operator;
  return {
    apiVersion: KUDO_API_VERSION,
    kind: "Operator",
    metadata: { name, namespace },
    spec: {
      ...(description !== undefined && { description }),
      ...(kubernetesVersion !== undefined && { kubernetesVersion }),
      maintainers: maintainers.map((maintainer) => ({ ...maintainer })),
      ...(url !== undefined && { url }),
      ...(kudoVersion !== undefined && { kudoVersion }),
      ...(namespaceManifest !== undefined && { namespaceManifest }),
    },
  };
}

/** The OperatorVersion of a package, as KUDO writes it: templates as raw text, values as text. What is ours is in annotations. */
export function operatorVersionObject(pkg: OperatorPackage, namespace: string): KubeObject {
  const { operator } = pkg;
  return {
    apiVersion: KUDO_API_VERSION,
    kind: "OperatorVersion",
    metadata: {
      name: operatorVersionName(operator),
      namespace,
      labels: { [LABEL.operator]: operator.name },
      annotations: {
        [ANNOTATION.dialect]: pkg.dialect,
        [ANNOTATION.digest]: pkg.digest,
        [PLAN_ORDER]: JSON.stringify(operator.plans.map(({ name }) => name)),
      },
    },
    spec: {
      operator: { kind: "Operator", name: operator.name },
      version: operator.operatorVersion,
      ...(operator.appVersion !== undefined && { appVersion: operator.appVersion }),
      templates: templatesOf(pkg),
      tasks: operator.tasks.map(taskOf),
      parameters: pkg.parameters.map(pkg.dialect === "kudo" ? kudoParameterOf : parameterOf),
      plans: Object.fromEntries(
        operator.plans.map((plan) => [plan.name, planOf(plan, pkg.dialect)]),
      ),
    },
  };
}

/** Names of the plans of an OperatorVersion in the order of its package; sorted where nobody noted an order (KUDO). */
export function planOrder(operatorVersion: KubeObject): readonly string[] {
  const spec = operatorVersion.spec as { plans?: Record<string, unknown> | null } | undefined;
  const names = Object.keys(spec?.plans ?? {}).sort();
  const noted = notedOrder(operatorVersion);
  return [
    ...noted.filter((name) => names.includes(name)),
    ...names.filter((name) => !noted.includes(name)),
  ];
}

function notedOrder(operatorVersion: KubeObject): readonly string[] {
  try {
    const order: unknown = JSON.parse(operatorVersion.metadata.annotations?.[PLAN_ORDER] ?? "[]");
    return Array.isArray(order) ? order.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

function templatesOf(pkg: OperatorPackage): Record<string, string> {
  const templates = Object.fromEntries(pkg.templates);
  const size = Buffer.byteLength(JSON.stringify(templates));
  return size <= ROOM_FOR_TEMPLATES ? templates : {};
}

function taskOf(task: Task): JsonMap {
  const { kind, name } = task;
  switch (kind) {
    case "Apply":
    case "Delete":
      return { name, kind, spec: { resources: task.resources } };
    // KUDO has no such task, and its schema no room for one: what it says is in the package's Secrets.
    case "Exec":
      return { name, kind, spec: {} };
    case "Dummy":
      return { name, kind, spec: { wantErr: task.wantErr, fatal: task.fatal, done: task.done } };
    case "Toggle":
      return { name, kind, spec: { resources: task.resources, parameter: task.parameter } };
    case "Pipe":
      return { name, kind, spec: { pod: task.pod, pipe: task.pipe.map((file) => ({ ...file })) } };
    case "KudoOperator": {
      const { kind: _, name: __, when: ___, ...spec } = task;
      return { name, kind, spec };
    }
    default:
      return assertNever(kind);
  }
}

function parameterOf(parameter: Parameter): JsonMap {
  const { name, type, displayName, description, required, immutable, trigger } = parameter;
  return {
    name,
    "value-type": type,
    required,
    immutable,
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(parameter.default !== undefined && { default: canonicalJson(parameter.default) }),
    ...(parameter.enum && { enum: parameter.enum.map(canonicalJson) }),
    ...(trigger !== undefined && { trigger }),
  };
}

/** As KUDO's own texts have it (compat section 2.3). */
function kudoParameterOf(parameter: Parameter): JsonMap {
  const { name, kudoType = "", displayName, description, required, immutable, trigger } = parameter;
  const [text, allowed] = [kudoDefault(parameter), kudoEnum(parameter)];
  return {
    name,
    required,
    immutable,
    ...(kudoType !== "" && { "value-type": kudoType }),
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(text !== undefined && { default: text }),
    ...(allowed && { enum: allowed }),
    ...(trigger !== undefined && { trigger }),
  };
}

/** KUDO keeps the word as it is written, and none as none: absent, for there are servers that refuse an empty text. */
function strategyOf({ strategy, kudoStrategy = "" }: Plan | Phase, dialect: Dialect): JsonMap {
  const word = dialect === "kudo" ? kudoStrategy : strategy;
  return word === "" ? {} : { strategy: word };
}

function planOf(plan: Plan, dialect: Dialect): JsonMap {
  return {
    ...strategyOf(plan, dialect),
    phases: plan.phases.map((phase) => ({
      name: phase.name,
      ...strategyOf(phase, dialect),
      steps: phase.steps.map(({ name, tasks }) => ({ name, tasks })),
    })),
  };
}
