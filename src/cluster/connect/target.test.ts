import { expect, test } from "vitest";
import { findTarget, type Target, type TargetOptions } from "./target.ts";

const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";
const pod = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
const find = (files: string[], options: Partial<TargetOptions>): Target =>
  findTarget({ env: {}, home: "/home/ann", exists: (file) => files.includes(file), ...options });
const kubeconfig = (...files: string[]): Target => ({ kind: "kubeconfig", files });

test.each<[string, string[], Partial<TargetOptions>, Target]>([
  ["nothing at all", [], {}, { kind: "none" }],
  ["an empty KUBECONFIG", [], { env: { KUBECONFIG: "" } }, { kind: "none" }],
  ["the usual file", ["/home/ann/.kube/config"], {}, kubeconfig("/home/ann/.kube/config")],
  [
    "KUBECONFIG before the usual file",
    ["/a", "/home/ann/.kube/config"],
    { env: { KUBECONFIG: "/a" } },
    kubeconfig("/a"),
  ],
  [
    "several files, each once, those that are there",
    ["/a", "/c"],
    { env: { KUBECONFIG: "/a:/b::/c:/a" } },
    kubeconfig("/a", "/c"),
  ],
  [
    "--kubeconfig before KUBECONFIG",
    ["/a", "/k"],
    { kubeconfig: "/k", env: { KUBECONFIG: "/a" } },
    kubeconfig("/k"),
  ],
  ["a pod", [TOKEN], { env: pod }, { kind: "in-cluster" }],
  [
    "a pod with a kubeconfig",
    [TOKEN, "/a"],
    { env: { ...pod, KUBECONFIG: "/a" } },
    kubeconfig("/a"),
  ],
  ["a pod without a token", [], { env: pod }, { kind: "none" }],
])("%s", (_, files, options, target) => {
  expect(find(files, options)).toEqual(target);
});

test.each<[string, Partial<TargetOptions>, string]>([
  ["--kubeconfig that is not there", { kubeconfig: "/k" }, "--kubeconfig /k: no such file"],
  [
    "KUBECONFIG that is not there",
    { env: { KUBECONFIG: "/a" } },
    "KUBECONFIG names /a, and there is no such file",
  ],
  [
    "several that are not there",
    { env: { KUBECONFIG: "/a:/b" } },
    "KUBECONFIG names /a, /b, and none of these files is there",
  ],
  [
    "a context and no kubeconfig",
    { context: "prod" },
    "--context prod: there is no kubeconfig (looked for /home/ann/.kube/config)",
  ],
])("refused: %s", (_, options, message) => {
  expect(() => find([], options)).toThrow(
    expect.objectContaining({ message, kind: "bad-input" }) as Error,
  );
});
