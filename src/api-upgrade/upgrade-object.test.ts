import { dump, load } from "js-yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type InProcessServer, startInProcess } from "../embedded/start-in-process.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { systemRandom } from "../model/random.ts";
import { realClock } from "../model/real-clock.ts";
import { renamedObject, type Upgraded, upgradeObject } from "./upgrade-object.ts";

/** As a server of today: nothing that ends in alpha or beta. */
const serves = (apiVersion: string): boolean => !/(alpha|beta)\d+$/.test(apiVersion);

const yaml = (text: string): KubeObject => load(text) as KubeObject;
const upgrade = (text: string): Upgraded | undefined => upgradeObject(yaml(text), serves);

/** What it becomes, as YAML, and what is said of it. */
function told(text: string): string {
  const upgraded = upgrade(text);
  if (upgraded === undefined) return "nothing";
  if (upgraded.kind === "refused")
    return [upgraded.message, upgraded.hint].filter(Boolean).join("\n  ");
  const notes = upgraded.notes.map((note) => `# ${note}\n`).join("");
  return dump(upgraded.object, { lineWidth: -1 }) + notes;
}

const text = (strings: TemplateStringsArray): string => strings.join("").replace(/^\n/, "");

test.each<[what: string, from: string, to: string]>([
  [
    "a budget keeps its fields",
    text`
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: zk-pdb}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: zk}}}
`,
    text`
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: zk-pdb
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app: zk
`,
  ],
  [
    "an empty selector of a budget goes on choosing nothing",
    text`
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: all}
spec: {minAvailable: 1, selector: {matchLabels: {}}}
`,
    text`
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: all
spec:
  minAvailable: 1
# its empty selector is left out, because it would choose every pod of the namespace now and chose none before
`,
  ],
  [
    "roles are what they were",
    text`
apiVersion: rbac.authorization.k8s.io/v1beta1
kind: RoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: s}]
`,
    text`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: b
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: r
subjects:
  - kind: ServiceAccount
    name: s
`,
  ],
  [
    "subjects of the first roles had versions",
    text`
apiVersion: rbac.authorization.k8s.io/v1alpha1
kind: ClusterRoleBinding
metadata: {name: b}
subjects: [{kind: User, name: "*"}, {kind: User, name: u, apiVersion: rbac.authorization.k8s.io/v1alpha1}]
`,
    text`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: b
subjects:
  - kind: Group
    name: system:authenticated
    apiGroup: rbac.authorization.k8s.io
  - kind: User
    name: u
    apiGroup: rbac.authorization.k8s.io
`,
  ],
  [
    "backends of an ingress",
    text`
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: i}
spec:
  backend: {serviceName: fallback, servicePort: http}
  rules:
  - host: a.example.com
    http:
      paths:
      - {path: /, backend: {serviceName: web, servicePort: 80}}
      - {path: /x, pathType: Exact, backend: {serviceName: web, servicePort: "8080"}}
`,
    text`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: i
spec:
  rules:
    - host: a.example.com
      http:
        paths:
          - path: /
            backend:
              service:
                name: web
                port:
                  number: 80
            pathType: ImplementationSpecific
          - path: /x
            pathType: Exact
            backend:
              service:
                name: web
                port:
                  number: 8080
  defaultBackend:
    service:
      name: fallback
      port:
        name: http
# servicePort "8080" is taken for the number 8080, as no port can have such a name
`,
  ],
  [
    "an ingress to nowhere",
    text`
apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata: {name: i}
spec: {rules: [{http: {paths: [{path: /, backend: {serviceName: web}}]}}]}
`,
    "Ingress i cannot be converted from networking.k8s.io/v1beta1 to networking.k8s.io/v1: spec.rules[0].http.paths[0].backend names no port of service web",
  ],
  [
    "what a Deployment of the first version left unsaid",
    text`
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 2
  rollbackTo: {revision: 1}
  template: {metadata: {labels: {app: d}}, spec: {containers: []}}
`,
    text`
apiVersion: apps/v1
kind: Deployment
metadata:
  name: d
spec:
  replicas: 2
  template:
    metadata:
      labels:
        app: d
    spec:
      containers: []
  selector:
    matchLabels:
      app: d
  progressDeadlineSeconds: 2147483647
  revisionHistoryLimit: 2147483647
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 1
# written out as extensions/v1beta1 meant it: spec.selector, spec.progressDeadlineSeconds, spec.revisionHistoryLimit, spec.strategy
`,
  ],
  [
    "a StatefulSet that restarted nothing by itself",
    text`
apiVersion: apps/v1beta1
kind: StatefulSet
metadata: {name: s}
spec: {selector: {matchLabels: {app: s}}, template: {metadata: {labels: {app: s}}}}
`,
    text`
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: s
spec:
  selector:
    matchLabels:
      app: s
  template:
    metadata:
      labels:
        app: s
  updateStrategy:
    type: OnDelete
# written out as apps/v1beta1 meant it: spec.updateStrategy
`,
  ],
  [
    "a DaemonSet of nobody's pods",
    "apiVersion: apps/v1beta2\nkind: DaemonSet\nmetadata: {name: d}\nspec: {template: {}}\n",
    "DaemonSet d cannot be converted from apps/v1beta2 to apps/v1: it has no selector, and its pods have no labels to make one of",
  ],
  [
    "metrics",
    text`
apiVersion: autoscaling/v2beta1
kind: HorizontalPodAutoscaler
metadata: {name: h}
spec:
  maxReplicas: 3
  metrics:
  - {type: Resource, resource: {name: cpu, targetAverageUtilization: 80}}
  - {type: Pods, pods: {metricName: p, targetAverageValue: 5}}
  - {type: Object, object: {metricName: o, target: {kind: Service, name: s}, targetValue: 10k}}
  - {type: External, external: {metricName: e, metricSelector: {matchLabels: {q: a}}, targetValue: 2}}
`,
    text`
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: h
spec:
  maxReplicas: 3
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 80
    - type: Pods
      pods:
        metric:
          name: p
        target:
          type: AverageValue
          averageValue: 5
    - type: Object
      object:
        describedObject:
          kind: Service
          name: s
        metric:
          name: o
        target:
          type: Value
          value: 10k
    - type: External
      external:
        metric:
          name: e
          selector:
            matchLabels:
              q: a
        target:
          type: Value
          value: 2
`,
  ],
  [
    "a webhook that says what it does in a dry run",
    text`
apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingWebhookConfiguration
metadata: {name: m}
webhooks: [{name: a.example.com, sideEffects: None, failurePolicy: Fail}]
`,
    text`
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: m
webhooks:
  - name: a.example.com
    sideEffects: None
    failurePolicy: Fail
    matchPolicy: Exact
    timeoutSeconds: 30
    admissionReviewVersions:
      - v1beta1
# what its webhooks leave unsaid is written out as v1beta1 meant it: failurePolicy Ignore, matchPolicy Exact, 30 s
`,
  ],
  [
    "a webhook that does not",
    text`
apiVersion: admissionregistration.k8s.io/v1beta1
kind: ValidatingWebhookConfiguration
metadata: {name: v}
webhooks: [{name: a.example.com}]
`,
    text`
ValidatingWebhookConfiguration v cannot be converted from admissionregistration.k8s.io/v1beta1 to admissionregistration.k8s.io/v1: webhook a.example.com has sideEffects Unknown, which v1 does not take
  if a dry run does nothing through it, write sideEffects: None`,
  ],
  [
    "what nothing took the place of",
    "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: p}\n",
    text`
PodSecurityPolicy p: policy/v1beta1 PodSecurityPolicy was taken away from Kubernetes, and nothing took its place
  label the namespace with pod-security.kubernetes.io/enforce instead, and take the template away`,
  ],
  [
    "endpoints of a slice",
    text`
apiVersion: discovery.k8s.io/v1beta1
kind: EndpointSlice
metadata: {name: e}
endpoints: [{addresses: [10.0.0.1], topology: {kubernetes.io/hostname: n, topology.kubernetes.io/zone: z, rack: r}}]
`,
    text`
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: e
endpoints:
  - addresses:
      - 10.0.0.1
    nodeName: 'n'
    zone: z
    deprecatedTopology:
      rack: r
`,
  ],
  [
    "a version of today",
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: p}\n",
    "nothing",
  ],
  [
    "a version that nobody knows",
    "apiVersion: monitoring.coreos.com/v1beta1\nkind: ServiceMonitor\nmetadata: {name: m}\n",
    "nothing",
  ],
])("%s", (_, from, to) => {
  expect(told(from)).toBe(to);
});

const BUDGET = yaml("{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: p}}");

test("what is served stays as it is, and what has no served successor too", () => {
  expect(upgradeObject(BUDGET, () => true)).toBeUndefined();
  expect(upgradeObject(BUDGET, () => false)).toBeUndefined();
});

test("what is to be deleted has only another version", () => {
  const webhooks = yaml(
    "{apiVersion: admissionregistration.k8s.io/v1beta1, kind: MutatingWebhookConfiguration, metadata: {name: m}, webhooks: [{}]}",
  );
  expect(renamedObject(webhooks, serves).apiVersion).toBe("admissionregistration.k8s.io/v1");
  expect(renamedObject(BUDGET, () => true)).toBe(BUDGET);
});

/** A definition of v1beta1 with this schema, and what its schema becomes. */
function schemaOf(schema: string): string {
  const upgraded = upgrade(`
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  version: v1
  names: {plural: things, kind: Thing}
  validation:
    openAPIV3Schema: ${schema}
`);
  if (upgraded?.kind !== "converted") throw new Error("not converted");
  const { versions } = upgraded.object.spec as { versions: [{ schema: Record<string, unknown> }] };
  const notes = upgraded.notes.map((note) => ` # ${note}`).join("");
  return (
    dump(versions[0].schema.openAPIV3Schema, { flowLevel: 0, lineWidth: -1 })
      .trim()
      .replaceAll("x-kubernetes-preserve-unknown-fields", "keep")
      .replaceAll("x-kubernetes-int-or-string", "int-or-string") + notes
  );
}

test.each<[what: string, from: string, to: string]>([
  ["nothing", "{}", "{keep: true, type: object}"],
  [
    "objects go on keeping what they do not name",
    "{properties: {spec: {properties: {size: {type: integer}}}}}",
    "{type: object, properties: {spec: {type: object, properties: {size: {type: integer}}, keep: true}}, keep: true}",
  ],
  [
    "maps and lists",
    "{properties: {m: {additionalProperties: {type: string}}, l: {items: {}}, o: {type: array}, f: {type: object}}}",
    "{type: object, properties: {m: {type: object, additionalProperties: {type: string}}, l: {type: array, items: {keep: true}}, o: {type: array, items: {keep: true}}, f: {type: object, keep: true}}, keep: true}",
  ],
  [
    "an object's own names",
    "{properties: {apiVersion: {description: v, type: string}, kind: {enum: [Thing]}, metadata: {type: object, description: m, properties: {name: {type: string, maxLength: 5}}}}}",
    "{type: object, properties: {apiVersion: {description: v, type: string}, kind: {type: string}, metadata: {type: object, properties: {name: {type: string, maxLength: 5}}}}, keep: true}",
  ],
  [
    "ports",
    "{properties: {p: {oneOf: [{type: string}, {type: integer}]}, q: {anyOf: [{type: integer}, {type: string}], format: int-or-string}}}",
    "{type: object, properties: {p: {int-or-string: true}, q: {int-or-string: true}}, keep: true}",
  ],
  [
    "what one of several must hold",
    "{properties: {s: {type: object, properties: {a: {type: string}}, oneOf: [{required: [a]}, {required: [b], properties: {b: {minLength: 1}}}]}}}",
    "{type: object, properties: {s: {type: object, properties: {a: {type: string}, b: {keep: true}}, keep: true, oneOf: [{required: [a]}, {required: [b], properties: {b: {minLength: 1}}}]}}, keep: true}",
  ],
  [
    "one of several types",
    "{properties: {s: {oneOf: [{type: object}, {type: string}]}}}",
    "{type: object, properties: {s: {keep: true}}, keep: true} # s is no longer checked for its oneOf",
  ],
  [
    "what no structural schema has",
    "{additionalProperties: false, properties: {l: {type: array, uniqueItems: true, items: {type: string}}}}",
    "{type: object, properties: {l: {type: array, items: {type: string}}}, keep: true} # l is no longer checked for its uniqueItems # the object is no longer checked for its additionalProperties",
  ],
])("a schema: %s", (_, from, to) => {
  expect(schemaOf(from)).toBe(to);
});

const SPARK = `
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: sparkapplications.sparkoperator.k8s.io}
spec:
  group: sparkoperator.k8s.io
  names: {kind: SparkApplication, listKind: SparkApplicationList, plural: sparkapplications, shortNames: [sparkapp], singular: sparkapplication}
  scope: Namespaced
  subresources: {status: {}}
  additionalPrinterColumns:
  - {JSONPath: .status.applicationState.state, name: State, type: string}
  validation:
    openAPIV3Schema:
      properties:
        apiVersion: {type: string}
        kind: {type: string}
        metadata: {type: object}
        spec:
          required: [type]
          properties:
            type: {type: string, enum: [Java, Scala]}
            deps: {properties: {jars: {items: {type: string}, type: array}}, type: object}
            driver: {properties: {cores: {format: int32, minimum: 1, type: integer}}, type: object}
          type: object
        status: {properties: {applicationState: {properties: {state: {type: string}}, required: [state], type: object}}, type: object}
      required: [metadata, spec]
      type: object
  version: v1beta2
  versions: [{name: v1beta2, served: true, storage: true}]
status: {acceptedNames: {kind: "", plural: ""}, conditions: [], storedVersions: []}
`;

test("a definition has everything by version", () => {
  const upgraded = upgrade(SPARK);
  if (upgraded?.kind !== "converted") throw new Error("not converted");
  const { spec, status, metadata } = upgraded.object;
  const { versions, ...rest } = spec as { versions: Record<string, unknown>[] };
  expect(status).toBeUndefined();
  expect(metadata.annotations).toEqual({
    "api-approved.kubernetes.io": "unapproved, converted from apiextensions.k8s.io/v1beta1",
  });
  expect(rest).toEqual({
    group: "sparkoperator.k8s.io",
    scope: "Namespaced",
    names: expect.objectContaining({ plural: "sparkapplications" }),
  });
  const { schema, ...version } = versions[0] ?? {};
  expect(schema).toBeDefined();
  expect(version).toEqual({
    name: "v1beta2",
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: [
      { name: "State", type: "string", jsonPath: ".status.applicationState.state" },
    ],
  });
});

test("a webhook that converts between versions has a place of its own", () => {
  const definition = (conversion: string): string => `
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  names: {plural: things, kind: Thing}
  versions: [{name: v1, served: true, storage: true}]
  conversion: ${conversion}
`;
  const upgraded = upgrade(
    definition("{strategy: Webhook, webhookClientConfig: {url: https://a.example.com}}"),
  );
  expect(upgraded?.kind === "converted" && upgraded.object.spec).toMatchObject({
    conversion: {
      strategy: "Webhook",
      webhook: {
        clientConfig: { url: "https://a.example.com" },
        conversionReviewVersions: ["v1beta1"],
      },
    },
  });
  expect(told(definition("{strategy: Webhook}"))).toContain("its conversion names no webhook");
});

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess({
    clock: realClock,
    random: systemRandom,
    caCert: "",
    controllers: false,
  });
});
afterAll(() => server.close());

/** What the embedded server answers to a POST. */
async function post(path: string, object: unknown): Promise<{ status: number; text: string }> {
  return await new Promise((resolve) => {
    let status = 0;
    let text = "";
    server.answer(
      {
        method: "POST",
        path,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(object),
      },
      {
        head: (code) => {
          status = code;
        },
        chunk: (piece) => {
          text += piece;
        },
        end: () => resolve({ status, text }),
      },
    );
  });
}

test.each<[path: string, text: string]>([
  ["apiextensions.k8s.io/v1/customresourcedefinitions", SPARK],
  [
    "policy/v1/namespaces/default/poddisruptionbudgets",
    "{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: p}, spec: {maxUnavailable: 1, selector: {matchLabels: {a: b}}}}",
  ],
  [
    "networking.k8s.io/v1/namespaces/default/ingresses",
    "{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: i}, spec: {rules: [{http: {paths: [{path: /, backend: {serviceName: web, servicePort: 80}}]}}]}}",
  ],
  [
    "apps/v1/namespaces/default/deployments",
    "{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: d}, spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}",
  ],
  [
    "batch/v1/namespaces/default/cronjobs",
    "{apiVersion: batch/v1beta1, kind: CronJob, metadata: {name: c}, spec: {schedule: '* * * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}}",
  ],
  [
    "autoscaling/v2/namespaces/default/horizontalpodautoscalers",
    "{apiVersion: autoscaling/v2beta1, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: d, apiVersion: apps/v1}, metrics: [{type: Resource, resource: {name: cpu, targetAverageUtilization: 80}}]}}",
  ],
])("a server takes what is made: %s", async (path, text) => {
  const upgraded = upgrade(text);
  if (upgraded?.kind !== "converted") throw new Error("not converted");
  const { status, text: answer } = await post(`/apis/${path}`, upgraded.object);
  expect([status, status === 201 ? "" : answer]).toEqual([201, ""]);
});

test("a converted definition goes on keeping what its schema does not name", async () => {
  const application = {
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { name: "pi" },
    spec: { type: "Scala", other: { deep: 1 }, driver: { cores: 1, memory: "1g" } },
  };
  const path = "/apis/sparkoperator.k8s.io/v1beta2/namespaces/default/sparkapplications";
  const { status, text } = await post(path, application);
  expect([status, JSON.parse(text).spec]).toEqual([201, application.spec]);
});
