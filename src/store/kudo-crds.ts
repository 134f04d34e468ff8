import type { Json, JsonMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** The three CustomResourceDefinitions of kudo.dev/v1beta1, with KUDO's schema field for field (compat section 8) as apiextensions.k8s.io/v1 wants it. */
export function kudoCrds(): readonly KubeObject[] {
  return [
    crd("Operator", "operators", operatorSchema, OPERATOR_COLUMNS, false),
    crd("OperatorVersion", "operatorversions", operatorVersionSchema, VERSION_COLUMNS, false),
    crd("Instance", "instances", instanceSchema, INSTANCE_COLUMNS, true),
  ];
}

function crd(
  kind: string,
  plural: string,
  schema: () => JsonMap,
  columns: readonly Json[],
  statusSubresource: boolean,
): KubeObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.kudo.dev` },
    spec: {
      group: "kudo.dev",
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: "Namespaced",
      versions: [
        {
          name: "v1beta1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema() },
          additionalPrinterColumns: [...columns, AGE],
          ...(statusSubresource ? { subresources: { status: {} } } : {}),
        },
      ],
    },
  };
}

const AGE = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };
const OPERATOR_COLUMNS = [column("Description", ".spec.description")];
const VERSION_COLUMNS = [
  column("Operator", ".spec.operator.name"),
  column("Version", ".spec.version"),
  column("App", ".spec.appVersion"),
];
const INSTANCE_COLUMNS = [
  column("Version", ".spec.operatorVersion.name"),
  column("Plan", ".spec.planExecution.planName"),
  column("Ready", '.status.conditions[?(@.type=="Ready")].status'),
];

function column(name: string, jsonPath: string): JsonMap {
  return { name, type: "string", jsonPath };
}

const STRING = { type: "string" };
const BOOLEAN = { type: "boolean" };
const STRINGS = { type: "array", items: STRING };
const STRING_MAP = { type: "object", additionalProperties: STRING };

function object(properties: JsonMap): JsonMap {
  return { type: "object", properties };
}

function list(items: JsonMap): JsonMap {
  return { type: "array", items };
}

/** A custom resource: the three common members around spec and status. */
function resource(spec: JsonMap, status: JsonMap): JsonMap {
  return object({
    apiVersion: STRING,
    kind: STRING,
    metadata: { type: "object" },
    spec: object(spec),
    status,
  });
}

/** Kubernetes API, core/v1 ObjectReference. */
const OBJECT_REFERENCE = object({
  apiVersion: STRING,
  fieldPath: STRING,
  kind: STRING,
  name: STRING,
  namespace: STRING,
  resourceVersion: STRING,
  uid: STRING,
});

function operatorSchema(): JsonMap {
  return resource(
    {
      description: STRING,
      kubernetesVersion: STRING,
      kudoVersion: STRING,
      maintainers: list(object({ email: STRING, name: STRING })),
      namespaceManifest: STRING,
      url: STRING,
    },
    { type: "object" },
  );
}

function operatorVersionSchema(): JsonMap {
  return resource(
    {
      appVersion: STRING,
      connectionString: STRING,
      operator: OBJECT_REFERENCE,
      parameters: list(PARAMETER),
      plans: { type: "object", nullable: true, additionalProperties: PLAN },
      tasks: list(object({ kind: STRING, name: STRING, spec: TASK_SPEC })),
      templates: STRING_MAP,
      upgradableFrom: list(OBJECT_REFERENCE),
      version: STRING,
    },
    { type: "object" },
  );
}

const PARAMETER = object({
  default: STRING,
  description: STRING,
  displayName: STRING,
  enum: STRINGS,
  immutable: BOOLEAN,
  name: STRING,
  required: BOOLEAN,
  trigger: STRING,
  "value-type": STRING,
});

const PLAN = object({
  phases: {
    type: "array",
    nullable: true,
    items: object({
      name: STRING,
      steps: list(object({ name: STRING, tasks: STRINGS })),
      strategy: STRING,
    }),
  },
  strategy: STRING,
});

const TASK_SPEC = object({
  appVersion: STRING,
  done: BOOLEAN,
  fatal: BOOLEAN,
  instanceName: STRING,
  operatorVersion: STRING,
  package: STRING,
  parameter: STRING,
  parameterFile: STRING,
  pipe: {
    type: "array",
    nullable: true,
    items: object({ envFile: STRING, file: STRING, key: STRING, kind: STRING }),
  },
  pod: STRING,
  resources: { type: "array", nullable: true, items: STRING },
  wantErr: BOOLEAN,
});

function instanceSchema(): JsonMap {
  return resource(
    {
      operatorVersion: OBJECT_REFERENCE,
      parameters: STRING_MAP,
      planExecution: object({ planName: STRING, status: STRING, uid: STRING }),
    },
    object({
      conditions: list(CONDITION),
      planStatus: { type: "object", additionalProperties: PLAN_STATUS },
    }),
  );
}

/** Kubernetes API, meta/v1 Condition. */
const CONDITION = {
  ...object({
    lastTransitionTime: { type: "string", format: "date-time" },
    message: { type: "string", maxLength: 32768 },
    observedGeneration: { type: "integer", format: "int64", minimum: 0 },
    reason: {
      type: "string",
      minLength: 1,
      maxLength: 1024,
      pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
    },
    status: { type: "string", enum: ["True", "False", "Unknown"] },
    type: {
      type: "string",
      maxLength: 316,
      pattern:
        "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
    },
  }),
  required: ["lastTransitionTime", "message", "reason", "status", "type"],
};

const STEP_STATUS = object({ message: STRING, name: STRING, status: STRING });
const PHASE_STATUS = object({
  message: STRING,
  name: STRING,
  status: STRING,
  steps: list(STEP_STATUS),
});
const PLAN_STATUS = object({
  lastUpdatedTimestamp: { type: "string", format: "date-time", nullable: true },
  message: STRING,
  name: STRING,
  phases: list(PHASE_STATUS),
  status: STRING,
  uid: STRING,
});
