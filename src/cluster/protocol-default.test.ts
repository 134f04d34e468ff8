import { expect, test } from "vitest";
import type { KubeObject } from "../model/kube-object.ts";
import { withProtocols } from "./protocol-default.ts";

const object = (apiVersion: string, kind: string, spec: unknown): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: "x" },
  spec,
});
const template = {
  spec: {
    initContainers: [{ name: "i" }],
    containers: [
      { name: "c", ports: [{ containerPort: 1 }, { containerPort: 2, protocol: "UDP" }] },
    ],
  },
};
const filled = {
  spec: {
    initContainers: [{ name: "i" }],
    containers: [
      {
        name: "c",
        ports: [
          { containerPort: 1, protocol: "TCP" },
          { containerPort: 2, protocol: "UDP" },
        ],
      },
    ],
  },
};

test.each<[KubeObject, unknown]>([
  [
    object("v1", "Service", { ports: [{ port: 1 }, { port: 2, protocol: "UDP" }] }),
    {
      ports: [
        { port: 1, protocol: "TCP" },
        { port: 2, protocol: "UDP" },
      ],
    },
  ],
  [object("apps/v1", "StatefulSet", { template }), { template: filled }],
  [object("batch/v1", "Job", { template }), { template: filled }],
  [object("v1", "Pod", template.spec), filled.spec],
  [
    object("batch/v1beta1", "CronJob", { jobTemplate: { spec: { template } } }),
    { jobTemplate: { spec: { template: filled } } },
  ],
  [object("serving.knative.dev/v1", "Service", { ports: [{ port: 1 }] }), { ports: [{ port: 1 }] }],
  [object("v1", "Service", { ports: "none" }), { ports: "none" }],
  [object("v1", "Service", undefined), undefined],
])("%o", (given, spec) => {
  const before = structuredClone(given);
  expect(withProtocols(given).spec).toEqual(spec);
  expect(given).toEqual(before);
});
