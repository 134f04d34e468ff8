import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { type KubeObject, refKey, refOf } from "../model/kube-object.ts";
import { dependenciesOf } from "./dependencies-of.ts";
import { enhance, type Identity } from "./enhance.ts";
import { partAt } from "./pod-template.ts";
import { podUsesOf } from "./pod-uses.ts";

const HASH = "kudo.dev/dependencies-hash";

function object(yaml: string): KubeObject {
  return load(yaml) as KubeObject;
}

function identity(live: readonly KubeObject[] = [], salt = "salt"): Identity {
  return {
    operatorName: "galera",
    operatorVersion: "1.2.0",
    instance: "g",
    namespace: "db",
    path: { plan: "deploy", phase: "nodes", step: "statefulset" },
    runUid: "run-1",
    isNamespaced: ({ kind }) => kind !== "ClusterRole",
    dependency: (ref) => live.find((each) => refKey(refOf(each)) === refKey(ref)),
    salt,
  };
}

const STATEFUL_SET = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s, namespace: elsewhere, labels: {app: mine, heritage: theirs}}
spec:
  selector: {matchLabels: {app: mine}}
  template:
    metadata: {labels: {app: mine}}
    spec: {containers: [{name: c, image: busybox}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce]}
`;

test("a StatefulSet gets KUDO's labels and annotations, and keeps its own and its selector", () => {
  const labels = { heritage: "kudo", "kudo.dev/operator": "galera", "kudo.dev/instance": "g" };
  expect(enhance([object(STATEFUL_SET)], identity())).toEqual([
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: {
        name: "s",
        namespace: "db",
        labels: { app: "mine", ...labels },
        annotations: {
          "kudo.dev/plan": "deploy",
          "kudo.dev/phase": "nodes",
          "kudo.dev/step": "statefulset",
          "kudo.dev/last-plan-execution-uid": "run-1",
        },
      },
      spec: {
        selector: { matchLabels: { app: "mine" } },
        template: {
          metadata: {
            labels: { app: "mine", ...labels },
            annotations: { "kudo.dev/operator-version": "1.2.0" },
          },
          spec: { containers: [{ name: "c", image: "busybox" }] },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: "data", labels: { app: "mine", ...labels } },
            spec: { accessModes: ["ReadWriteOnce"] },
          },
        ],
      },
    },
  ]);
});

describe("pod templates", () => {
  const at = (kind: string, apiVersion: string, spec: object) =>
    enhance([{ apiVersion, kind, metadata: { name: "x" }, spec }], identity())[0];
  const template = () => ({ spec: {} });
  const labelled = {
    labels: { heritage: "kudo", "kudo.dev/operator": "galera", "kudo.dev/instance": "g" },
    annotations: { "kudo.dev/operator-version": "1.2.0" },
  };

  test.each([
    ["Deployment", "apps/v1"],
    ["StatefulSet", "apps/v1"],
    ["DaemonSet", "apps/v1"],
    ["ReplicaSet", "apps/v1"],
    ["ReplicationController", "v1"],
  ])("of a %s are labelled and annotated", (kind, apiVersion) => {
    expect(at(kind, apiVersion, { template: template() })?.spec).toEqual({
      template: { metadata: labelled, spec: {} },
    });
  });

  test("of a CronJob stand deeper, and it gains no spec.template", () => {
    const spec = { jobTemplate: { spec: { template: template() } } };
    expect(at("CronJob", "batch/v1", spec)?.spec).toEqual({
      jobTemplate: { spec: { template: { metadata: labelled, spec: {} } } },
    });
  });

  test("of a Job never change, so they get labels only", () => {
    expect(at("Job", "batch/v1", { template: template() })?.spec).toEqual({
      template: { metadata: { labels: labelled.labels }, spec: {} },
    });
  });

  test.each([
    ["Rollout", "argoproj.io/v1alpha1"],
    ["Deployment", "example.com/v1"],
    ["Job", "example.com/v1"],
  ])("of a %s of %s are left alone: nobody knows what they are", (kind, apiVersion) => {
    expect(at(kind, apiVersion, { template: template() })?.spec).toEqual({ template: template() });
  });

  test("that are missing or broken are not made up", () => {
    for (const spec of [{}, { template: null }, { template: "x" }])
      expect(at("Deployment", "apps/v1", spec)?.spec).toEqual(spec);
    expect(
      enhance(
        [{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "x" } }],
        identity(),
      )[0],
    ).not.toHaveProperty("spec");
  });
});

test("a cluster-scoped object is in no namespace, whatever it says; nothing has an owner", () => {
  const role = object(
    "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r, namespace: x}}",
  );
  const [enhanced] = enhance([role], identity());
  expect(enhanced?.metadata).not.toHaveProperty("namespace");
  expect(enhanced?.metadata).not.toHaveProperty("ownerReferences");
});

/** A Deployment with this pod spec. */
function deployment(podSpec: string, kind = "Deployment", apiVersion = "apps/v1"): KubeObject {
  return object(
    `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: d}, spec: {template: {spec: ${podSpec}}}}`,
  );
}

const CONFIG = object(
  "{apiVersion: v1, kind: ConfigMap, metadata: {name: cm, namespace: db}, data: {a: '1', b: '2'}}",
);
const SECRET = object(
  "{apiVersion: v1, kind: Secret, metadata: {name: se, namespace: db}, stringData: {p: hunter2, q: x}}",
);

describe("what pods use", () => {
  test.each([
    ["{volumes: [{name: v, configMap: {name: cm}}]}", ["ConfigMap cm *"]],
    [
      "{volumes: [{name: v, configMap: {name: cm, items: [{key: b, path: x}, {key: a, path: y}]}}]}",
      ["ConfigMap cm a,b"],
    ],
    ["{volumes: [{name: v, secret: {secretName: se}}]}", ["Secret se *"]],
    [
      "{volumes: [{name: v, projected: {sources: [{secret: {name: se, items: [{key: p, path: p}]}}, {configMap: {name: cm}}, {serviceAccountToken: {path: t}}]}}]}",
      ["ConfigMap cm *", "Secret se p"],
    ],
    [
      "{containers: [{env: [{name: A, valueFrom: {configMapKeyRef: {name: cm, key: a}}}, {name: P, valueFrom: {secretKeyRef: {name: se, key: p}}}]}]}",
      ["ConfigMap cm a", "Secret se p"],
    ],
    [
      "{containers: [{envFrom: [{configMapRef: {name: cm}}, {prefix: X_, secretRef: {name: se}}]}]}",
      ["ConfigMap cm *", "Secret se *"],
    ],
    [
      "{initContainers: [{envFrom: [{configMapRef: {name: i}}]}], ephemeralContainers: [{envFrom: [{secretRef: {name: e}}]}]}",
      ["ConfigMap i *", "Secret e *"],
    ],
    ["{imagePullSecrets: [{name: pull}]}", ["Secret pull *"]],
    [
      "{volumes: [{name: v, configMap: {name: cm, items: [{key: a, path: a}]}}], containers: [{env: [{valueFrom: {configMapKeyRef: {name: cm, key: b}}}]}]}",
      ["ConfigMap cm a,b"],
    ],
    [
      "{volumes: [{name: v, configMap: {name: cm, items: [{key: a, path: a}]}}], containers: [{envFrom: [{configMapRef: {name: cm}}]}]}",
      ["ConfigMap cm *"],
    ],
    [
      "{volumes: [{name: v, emptyDir: {}}, {name: w, persistentVolumeClaim: {claimName: c}}], containers: [{env: [{name: A, value: b}, {valueFrom: {fieldRef: {fieldPath: x}}}]}]}",
      [],
    ],
    ["{volumes: 5, containers: [null, x], imagePullSecrets: [{}]}", []],
  ])("%s", (podSpec, expected) => {
    const uses = podUsesOf(deployment(podSpec));
    expect(uses.map(({ kind, name, keys }) => `${kind} ${name} ${keys?.join(",") ?? "*"}`)).toEqual(
      expected,
    );
  });

  test("a bare Pod and a Job use things, but have no hash to fetch them for", () => {
    const spec = "{imagePullSecrets: [{name: pull}]}";
    const pod = object(`{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: ${spec}}`);
    const job = deployment(spec, "Job", "batch/v1");
    for (const each of [pod, job]) {
      expect(podUsesOf(each)).toHaveLength(1);
      expect(dependenciesOf(each)).toEqual([]);
    }
  });

  test("references are in the object's namespace, or the one that is named", () => {
    const ref = { apiVersion: "v1", kind: "ConfigMap", name: "cm" };
    const user = deployment("{volumes: [{configMap: {name: cm}}]}");
    expect(dependenciesOf(user)).toEqual([ref]);
    expect(dependenciesOf(user, "db")).toEqual([{ ...ref, namespace: "db" }]);
  });
});

/** The hash on the pods of the first object. */
function hash(
  task: readonly KubeObject[],
  live: readonly KubeObject[] = [],
  salt?: string,
): unknown {
  const [first] = enhance(task, identity(live, salt));
  return partAt(first, ["spec", "template", "metadata", "annotations"])?.[HASH];
}

function having(from: KubeObject, fields: object): KubeObject {
  return { ...from, ...fields };
}

describe("the restart hash", () => {
  const uses = deployment(
    "{volumes: [{configMap: {name: cm}}], containers: [{envFrom: [{secretRef: {name: se}}]}]}",
  );
  const usesKey = deployment(
    "{containers: [{env: [{valueFrom: {configMapKeyRef: {name: cm, key: a}}}, {valueFrom: {secretKeyRef: {name: se, key: p}}}]}]}",
  );
  const live = [CONFIG, SECRET];
  const before = hash([uses], live);
  const bytes = (text: string) => Buffer.from(text).toString("base64");

  test("is short lower-case hex, on the pod template only", () => {
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    const [enhanced] = enhance([uses], identity(live));
    expect(enhanced?.metadata.annotations).not.toHaveProperty(HASH);
  });

  test.each<[string, readonly KubeObject[], readonly KubeObject[]]>([
    ["the live objects are in the task", [uses, CONFIG, SECRET], []],
    [
      "the task holds them in another order, elsewhere in name only",
      [uses, SECRET, having(CONFIG, { metadata: { name: "cm", namespace: "x" } })],
      [],
    ],
    ["keys stand in another order", [uses], [having(CONFIG, { data: { b: "2", a: "1" } }), SECRET]],
    [
      "labels, annotations and versions differ",
      [uses],
      [
        having(CONFIG, {
          metadata: {
            ...CONFIG.metadata,
            uid: "u",
            resourceVersion: "7",
            labels: { a: "b" },
            annotations: { "kudo.dev/step": "x" },
          },
        }),
        SECRET,
      ],
    ],
    [
      "a Secret's texts are bytes",
      [uses],
      [
        CONFIG,
        having(SECRET, {
          stringData: undefined,
          data: { p: bytes("hunter2"), q: bytes("x") },
          type: "Opaque",
        }),
      ],
    ],
    [
      "a Secret's text wins over its bytes",
      [uses],
      [CONFIG, having(SECRET, { data: { p: bytes("old") } })],
    ],
    [
      "a ConfigMap's text is binary",
      [uses],
      [having(CONFIG, { data: { a: "1" }, binaryData: { b: bytes("2") } }), SECRET],
    ],
    ["it is made immutable", [uses], [having(CONFIG, { immutable: true }), SECRET]],
    [
      "the task's object is wanted, not the live one",
      [uses, CONFIG],
      [having(CONFIG, { data: { a: "9" } }), SECRET],
    ],
  ])("stays when %s", (_, task, objects) => expect(hash(task, objects)).toBe(before));

  test.each<[string, readonly KubeObject[], readonly KubeObject[]]>([
    ["a value differs", [uses], [having(CONFIG, { data: { a: "1", b: "3" } }), SECRET]],
    ["a key is new", [uses], [having(CONFIG, { data: { a: "1", b: "2", c: "" } }), SECRET]],
    ["a key is gone", [uses], [having(CONFIG, { data: { a: "1" } }), SECRET]],
    ["values are swapped", [uses], [having(CONFIG, { data: { a: "2", b: "1" } }), SECRET]],
    [
      "a password differs",
      [uses],
      [CONFIG, having(SECRET, { stringData: { p: "hunter3", q: "x" } })],
    ],
    ["the ConfigMap is missing", [uses], [SECRET]],
    [
      "the task's object differs from the live one",
      [uses, having(CONFIG, { data: { a: "9", b: "2" } })],
      live,
    ],
    [
      "the live object is in another namespace",
      [uses],
      [having(CONFIG, { metadata: { name: "cm", namespace: "x" } }), SECRET],
    ],
  ])("changes when %s", (_, task, objects) => expect(hash(task, objects)).not.toBe(before));

  test("counts only the keys that are used", () => {
    const used = hash([usesKey], live);
    const others = [
      having(CONFIG, { data: { a: "1", b: "changed" } }),
      having(SECRET, { stringData: { p: "hunter2", q: "changed" } }),
    ];
    expect(hash([usesKey], others)).toBe(used);
    expect(hash([usesKey], [having(CONFIG, { data: { a: "changed" } }), SECRET])).not.toBe(used);
    expect(hash([usesKey], [having(CONFIG, { data: { b: "2" } }), SECRET])).not.toBe(used);
  });

  test("tells a missing object, an empty one and an empty value apart", () => {
    const user = deployment(
      "{containers: [{env: [{valueFrom: {configMapKeyRef: {name: cm, key: a}}}]}]}",
    );
    const hashes = [[], [having(CONFIG, { data: {} })], [having(CONFIG, { data: { a: "" } })]].map(
      (objects) => hash([user], objects),
    );
    expect(new Set(hashes).size).toBe(3);
  });

  test("leaves out what carries skip-hash-calculation, wholly, live or in the task", () => {
    const skipping = (from: KubeObject) =>
      having(from, {
        metadata: { ...from.metadata, annotations: { "kudo.dev/skip-hash-calculation": "" } },
      });
    const secretOnly = deployment("{containers: [{envFrom: [{secretRef: {name: se}}]}]}");
    expect(hash([uses], [skipping(CONFIG), SECRET])).toBe(hash([secretOnly], live));
    expect(hash([uses, skipping(CONFIG)], live)).toBe(hash([secretOnly], live));
    expect(hash([uses], live.map(skipping))).toBeUndefined();
  });

  test("leaves out what the workload names in skip-hash-of", () => {
    const skipping = (names: string) =>
      having(uses, {
        metadata: { ...uses.metadata, annotations: { "kplan.dev/skip-hash-of": names } },
      });
    const secretOnly = deployment("{containers: [{envFrom: [{secretRef: {name: se}}]}]}");
    expect(hash([skipping("cm")], live)).toBe(hash([secretOnly], live));
    expect(hash([skipping("other, cm")], live)).toBe(hash([secretOnly], live));
    expect(hash([skipping("cm,se")], live)).toBeUndefined();
    expect(hash([skipping("other")], live)).toBe(before);
  });

  test("is not there without dependencies, nor on a Job", () => {
    expect(hash([deployment("{containers: []}")])).toBeUndefined();
    const job = deployment("{volumes: [{configMap: {name: cm}}]}", "Job", "batch/v1");
    const text = JSON.stringify(enhance([job], identity(live)));
    expect(text).not.toContain(HASH);
  });

  test("depends on the salt where there is a Secret, and only there", () => {
    const configOnly = deployment("{volumes: [{configMap: {name: cm}}]}");
    expect(hash([uses], live, "other")).not.toBe(before);
    expect(hash([configOnly], live, "other")).toBe(hash([configOnly], live));
  });

  test("is the same for a run later, on another step", () => {
    const later = {
      ...identity(live),
      runUid: "run-2",
      path: { plan: "update", phase: "p", step: "s" },
    };
    const templateOf = (objects: KubeObject[]) => partAt(objects[0], ["spec", "template"]);
    expect(templateOf(enhance([uses], later))).toEqual(templateOf(enhance([uses], identity(live))));
  });
});

describe("laws", () => {
  const name = fc.constantFrom("a", "b", "c");
  const podSpec = fc.record({
    volumes: fc.array(
      fc.oneof(
        fc.record({ configMap: fc.record({ name }) }),
        fc.record({ secret: fc.record({ secretName: name }) }),
      ),
    ),
    containers: fc.array(
      fc.record({ envFrom: fc.array(fc.record({ secretRef: fc.record({ name }) })) }),
    ),
  });
  const meta = fc.record({
    name,
    labels: fc.dictionary(name, fc.string()),
    annotations: fc.dictionary(name, fc.string()),
  });
  const workload = fc
    .tuple(fc.constantFrom("Deployment", "StatefulSet", "DaemonSet"), meta, podSpec)
    .map(
      ([kind, metadata, spec]): KubeObject => ({
        apiVersion: "apps/v1",
        kind,
        metadata,
        spec: { template: { spec } },
      }),
    );
  const holder = fc
    .tuple(fc.constantFrom("ConfigMap", "Secret"), meta, fc.dictionary(fc.string(), fc.string()))
    .map(
      ([kind, metadata, data]): KubeObject => ({
        apiVersion: "v1",
        kind,
        metadata,
        [kind === "Secret" ? "stringData" : "data"]: data,
      }),
    );
  const task = fc.array(fc.oneof(workload, holder), { maxLength: 8 });

  test("enhancing twice is enhancing once, and the input is never changed", () => {
    fc.assert(
      fc.property(task, (objects) => {
        const before = structuredClone(objects);
        const once = enhance(objects, identity());
        expect(enhance(once, identity())).toEqual(once);
        expect(objects).toEqual(before);
      }),
    );
  });

  test("the order of members, and of uses, changes no hash", () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed).reverse()
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, member]) => [key, reversed(member)]),
            )
          : value;
    fc.assert(
      fc.property(workload, fc.array(holder, { maxLength: 4 }), (user, objects) => {
        const one = objects.filter(
          (each, i) =>
            objects.findIndex((other) => refKey(refOf(other)) === refKey(refOf(each))) === i,
        );
        const turned = reversed(one) as KubeObject[];
        expect(hash([reversed(user) as KubeObject, ...turned])).toBe(hash([user, ...one]));
      }),
    );
  });
});
