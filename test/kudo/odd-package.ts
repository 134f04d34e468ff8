import { packageFolder } from "../support/package-folder.ts";

/** A package whose objects have fields that no kind has, and items that are there twice. */
export const oddPackage = (count: string): string =>
  packageFolder({
    "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: odd
operatorVersion: "0.1.0"
tasks:
  - {name: all, kind: Apply, spec: {resources: [odd.yaml]}}
  - {name: late, kind: Apply, spec: {resources: [late.yaml]}}
plans:
  deploy:
    strategy: serial
    phases: [{name: main, strategy: serial, steps: [{name: all, tasks: [all]}, {name: late, tasks: [late]}]}]
`,
    "params.yaml": `apiVersion: kudo.dev/v1beta1\nparameters: [{name: COUNT, default: "${count}"}]\n`,
    "templates/odd.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Name }}"}
spec:
  replicas: {{ .Params.COUNT }}
  stratege: {type: Recreate}
  selector: {matchLabels: {app: odd}}
  template:
    metadata: {labels: {app: odd}}
    spec:
      containers:
        - name: odd
          image: busybox:1.28
          command: [sleep, "100000"]
          imagePullPolice: Always
          env: [{name: A, value: "1"}, {name: A, value: "2"}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: strange.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Strange, plural: strange, singular: strange, listKind: StrangeList}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {a: {type: string}}}}}}
`,
    "templates/late.yaml": `apiVersion: example.com/v1
kind: Strange
metadata: {name: "{{ .Name }}"}
spec: {a: x, b: y}
`,
    "templates/config.yaml": null,
  });

/** What is told of them, once each. */
export const ODD_WARNINGS: readonly string[] = [
  "Deployment odd-instance: .spec.stratege is no field of its kind and is left out, as KUDO did",
  'Deployment odd-instance: .spec.template.spec.containers[name="odd"].imagePullPolice is no field of its kind and is left out, as KUDO did',
  'Deployment odd-instance: .spec.template.spec.containers[name="odd"].env is there more than once, with the key [name="A"]: one of them is left out, as KUDO did',
  "Strange odd-instance: .spec.b is no field of its kind and is left out, as KUDO did",
];
