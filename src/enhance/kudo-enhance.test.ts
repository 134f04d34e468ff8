import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { type KubeObject, refKey, refOf } from "../model/kube-object.ts";
import { enhance, type Identity } from "./enhance.ts";
import { kudoDigestText } from "./kudo-digest.ts";
import { partAt } from "./pod-template.ts";

const HASH = "kudo.dev/dependencies-hash";

function identity(live: readonly KubeObject[] = [], operator = "dep-operator"): Identity {
  return {
    dialect: "kudo",
    instanceUid: "u-1",
    operatorName: operator,
    operatorVersion: "0.1.0",
    instance: "depop",
    namespace: "ns",
    path: { plan: "deploy", phase: "main", step: "everything" },
    runUid: "run-1",
    isNamespaced: ({ kind }) => kind !== "ClusterRole",
    dependency: (ref) => live.find((each) => refKey(refOf(each)) === refKey(ref)),
    salt: "salt",
  };
}

const config = (valueA: string, valueB: string, more: object = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "configdata", ...more },
  data: { valueA, valueB },
});

function workload(podSpec: object, kind = "Deployment", apiVersion = "apps/v1"): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: { name: "w" },
    spec: { template: { spec: podSpec } },
  };
}

const USES = { volumes: [{ name: "v", configMap: { name: "configdata" } }] };

const hashOf = (objects: readonly KubeObject[], kind = "Deployment"): unknown => {
  const found = objects.find((object) => object.kind === kind);
  return partAt(found, ["spec", "template", "metadata", "annotations"])?.[HASH];
};

describe("the hash of KUDO", () => {
  const VECTORS: [string, string, string][] = [
    ["FancyValue", "OtherFancyValue", "6fa812afe527bdb6c9a5fbfcba8193bb"],
    ["ChangedValue", "OtherFancyValue", "da9f56a62d3c4af2596bebace008d845"],
    ["ChangedValue", "SecondChangedValue", "1510654b540619228b477bdd56d44175"],
  ];

  test.each(VECTORS)("over %s and %s, of the same task", (a, b, hash) => {
    expect(hashOf(enhance([config(a, b), workload(USES)], identity()))).toBe(hash);
  });

  test.each(VECTORS)("over %s and %s, that kplan applied before", (a, b, hash) => {
    const [live] = enhance([config(a, b)], identity());
    const edited = { ...live, data: { valueA: "by hand" } } as KubeObject;
    expect(hashOf(enhance([workload(USES)], identity([edited])))).toBe(hash);
  });

  test.each(VECTORS)("over %s and %s, that KUDO applied before", (a, b, hash) => {
    const labels = {
      heritage: "kudo",
      "kudo.dev/instance": "depop",
      "kudo.dev/operator": "dep-operator",
    };
    const applied = config(a, b, { namespace: "ns", labels });
    const live = config("by", "hand", {
      namespace: "ns",
      labels,
      annotations: { "kudo.dev/last-applied-configuration": JSON.stringify(applied) },
    });
    expect(hashOf(enhance([workload(USES)], identity([live])))).toBe(hash);
  });

  test("is over this text", () => {
    const [object] = enhance([config("FancyValue", "OtherFancyValue")], identity());
    expect(kudoDigestText(object as KubeObject)).toBe(`object:
  apiVersion: ""
  data:
    valueA: FancyValue
    valueB: OtherFancyValue
  kind: ""
  metadata:
    annotations: {}
    deletionGracePeriodSeconds: 0
    finalizers: []
    labels:
      heritage: kudo
      kudo.dev/instance: depop
      kudo.dev/operator: dep-operator
    managedFields: []
    name: configdata
    ownerReferences: []
    remainingItemCount: 0
`);
  });

  test("stands for nothing where an object is missing or is not to count", () => {
    const none = hashOf(enhance([workload(USES)], identity()));
    const annotations = { "kudo.dev/skip-hash-calculation": "" };
    const skipped = config("a", "b", { annotations });
    expect(none).toBe("4ae71336e44bf9bf79d2752e234818a5");
    expect(hashOf(enhance([skipped, workload(USES)], identity()))).toBe(none);
    expect(
      hashOf(
        enhance([workload(USES)], identity([config("a", "b", { namespace: "ns", annotations })])),
      ),
    ).toBe(none);
  });

  test("counts what is named twice twice, and neither environments nor projected volumes", () => {
    const twice = { volumes: [...USES.volumes, { ...USES.volumes[0], name: "w" }] };
    const one = hashOf(enhance([config("a", "b"), workload(USES)], identity()));
    expect(hashOf(enhance([config("a", "b"), workload(twice)], identity()))).not.toBe(one);
    const other = {
      containers: [{ name: "c", envFrom: [{ configMapRef: { name: "configdata" } }] }],
      volumes: [
        { name: "p", projected: { sources: [{ configMap: { name: "configdata" } }] } },
        ...USES.volumes,
      ],
    };
    expect(hashOf(enhance([config("a", "b"), workload(other)], identity()))).toBe(one);
  });

  test("is the same for a Secret however its bytes are broken into lines", () => {
    const secret = (data: object): KubeObject => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      ...data,
    });
    const uses = { imagePullSecrets: [{ name: "s" }] };
    const at = (object: KubeObject) => hashOf(enhance([object, workload(uses)], identity()));
    expect(at(secret({ data: { a: "aGVs\nbG8=\n" } }))).toBe(
      at(secret({ data: { a: "aGVsbG8=" } })),
    );
    expect(at(secret({ stringData: { a: "hello" } }))).not.toBe(
      at(secret({ data: { a: "aGVsbG8=" } })),
    );
    expect(at(secret({ data: null, unknown: 1 }))).toBe(at(secret({})));
  });

  test.each([
    ["StatefulSet", "apps/v1", true],
    ["DaemonSet", "apps/v1", true],
    ["ReplicaSet", "apps/v1", true],
    ["ReplicationController", "v1", true],
    ["Job", "batch/v1", false],
    ["Rollout", "argoproj.io/v1alpha1", false],
  ])("on a %s of %s: %s", (kind, apiVersion, has) => {
    const objects = enhance([config("a", "b"), workload(USES, kind, apiVersion)], identity());
    expect(hashOf(objects, kind) !== undefined).toBe(has);
  });
});

test("a StatefulSet's claims get KUDO's three labels and no more", () => {
  const [set] = enhance(
    [
      load(`
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s}
spec:
  selector: {matchLabels: {app: mine}}
  template: {metadata: {labels: {app: mine}}}
  volumeClaimTemplates: [{metadata: {name: data}}]
`) as KubeObject,
    ],
    identity(),
  );
  expect(set?.spec).toMatchObject({
    volumeClaimTemplates: [
      {
        metadata: {
          labels: {
            heritage: "kudo",
            "kudo.dev/operator": "dep-operator",
            "kudo.dev/instance": "depop",
          },
        },
      },
    ],
  });
  expect(JSON.stringify(set?.spec)).not.toContain('"data","labels":{"app"');
  expect(set?.metadata.annotations).toMatchObject({
    "kplan.dev/take-fields": ".spec.volumeClaimTemplates",
  });
});

describe("the Instance", () => {
  const OWNER = {
    apiVersion: "kudo.dev/v1beta1",
    kind: "Instance",
    name: "depop",
    uid: "u-1",
    controller: true,
    blockOwnerDeletion: true,
  };
  const object = (kind: string, more: object = {}): KubeObject => ({
    apiVersion: kind === "ClusterRole" ? "rbac.authorization.k8s.io/v1" : "v1",
    kind,
    metadata: { name: "x", ...more },
  });

  test.each([
    ["Service", [OWNER]],
    ["ConfigMap", [OWNER]],
    ["PersistentVolumeClaim", undefined],
    ["Secret", undefined],
    ["ClusterRole", undefined],
  ])("owns a %s: %j", (kind, owners) => {
    expect(enhance([object(kind)], identity())[0]?.metadata.ownerReferences).toEqual(owners);
  });

  test("owns beside others, but not beside another controller", () => {
    const plain = { apiVersion: "v1", kind: "ConfigMap", name: "c", uid: "u-2" };
    const with_ = (owner: object) =>
      enhance([object("Service", { ownerReferences: [owner] })], identity())[0]?.metadata
        .ownerReferences;
    expect(with_(plain)).toEqual([plain, OWNER]);
    expect(with_(OWNER)).toEqual([OWNER]);
    expect(() => with_({ ...plain, controller: true })).toThrow(
      "Service x names ConfigMap c as its controller in the template, so depop cannot own it",
    );
  });

  test("owns nothing as long as it is not there", () => {
    const { instanceUid: _, ...before } = identity();
    expect(enhance([object("Service")], before)[0]?.metadata.ownerReferences).toBeUndefined();
  });
});
