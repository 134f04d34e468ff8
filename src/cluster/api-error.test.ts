import { expect, test } from "vitest";
import { answerError, type Subject } from "./api-error.ts";

/** Answers of Kubernetes 1.20.2, as they came; [name, HTTP status, body, subject, what we make of it]. */
const subject = (what: string, verb = "patch", more: Partial<Subject> = {}): Subject => {
  const [kind = "", name = ""] = what.split(" ");
  const ref = { apiVersion: "v1", kind, name, namespace: "db" };
  return { ref, verb, what, namespace: "db", user: "admin", host: "h:6443", ...more };
};
const status = (message: string, reason: string, details?: object): string =>
  JSON.stringify({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    details,
  });
const cause = (field: string, message: string, reason = "FieldValueInvalid"): object => ({
  reason,
  message,
  field,
});

test.each<[string, number, string, Subject, object]>([
  [
    "an object that is not there",
    404,
    status('configmaps "c" not found', "NotFound", { name: "c", kind: "configmaps" }),
    subject("ConfigMap c"),
    { kind: "not-found", message: "there is no ConfigMap c in namespace db" },
  ],
  [
    "a namespace that is not there",
    404,
    status('namespaces "db" not found', "NotFound", { name: "db", kind: "namespaces" }),
    subject("ConfigMap c", "create"),
    {
      kind: "not-found",
      message: "there is no namespace db (ConfigMap c)",
      hint: expect.stringContaining("--create-namespace") as string,
    },
  ],
  [
    "a group that is not served",
    404,
    "404 page not found\n",
    subject("Instance i", "list"),
    { kind: "not-served" },
  ],
  [
    "a kind that is not served",
    404,
    status("the server could not find the requested resource", "NotFound", {}),
    subject("Foo f"),
    { kind: "not-served", message: "the server does not serve Foo of v1" },
  ],
  [
    "a right that is missing",
    403,
    status(
      'statefulsets.apps "foo" is forbidden: User "bob" cannot patch resource "statefulsets" in API group "apps" in the namespace "db"',
      "Forbidden",
      { name: "foo", group: "apps", kind: "statefulsets" },
    ),
    subject("StatefulSet foo"),
    {
      kind: "forbidden",
      message: "user bob may not patch statefulsets.apps in namespace db (StatefulSet foo)",
      hint: expect.stringContaining("docs/rbac.md") as string,
    },
  ],
  [
    "a right in the whole cluster",
    403,
    status(
      'nodes is forbidden: User "bob" cannot list resource "nodes" in API group "" at the cluster scope',
      "Forbidden",
      { kind: "nodes" },
    ),
    subject("Node n", "list"),
    { kind: "forbidden", message: "user bob may not list nodes in the whole cluster (Node n)" },
  ],
  [
    "a namespace that is going",
    403,
    status(
      'configmaps "v" is forbidden: unable to create new content in namespace db because it is being terminated',
      "Forbidden",
      {
        name: "v",
        kind: "configmaps",
        causes: [
          cause("metadata.namespace", "namespace db is being terminated", "NamespaceTerminating"),
        ],
      },
    ),
    subject("ConfigMap v", "create"),
    {
      kind: "terminating",
      message: "ConfigMap v cannot be created: namespace db is being deleted",
    },
  ],
  [
    "a quota",
    403,
    status(
      'configmaps "b" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2',
      "Forbidden",
      { name: "b", kind: "configmaps" },
    ),
    subject("ConfigMap b", "create"),
    {
      kind: "quota",
      message:
        "ConfigMap b exceeds the quota q, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2",
      hint: "kubectl describe resourcequota -n db",
    },
  ],
  [
    "a token that is not known",
    401,
    status("Unauthorized", "Unauthorized"),
    subject("ConfigMap c"),
    {
      kind: "unauthorized",
      message: "h:6443 does not know admin: the token or certificate is not accepted",
    },
  ],
  [
    "an object that exists",
    409,
    status('configmaps "a" already exists', "AlreadyExists", { name: "a", kind: "configmaps" }),
    subject("ConfigMap a", "create"),
    { kind: "already-exists", message: "ConfigMap a in namespace db exists already" },
  ],
  [
    "another version",
    409,
    status(
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
      "Conflict",
      { name: "a", kind: "configmaps" },
    ),
    subject("ConfigMap a"),
    {
      kind: "conflict",
      message: "ConfigMap a in namespace db was changed by somebody else meanwhile",
      conflicts: [],
    },
  ],
  [
    "another uid, on a deletion",
    409,
    status(
      'Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (x) does not match the UID in record (12dbcfb4). The object might have been deleted and then recreated',
      "Conflict",
      { name: "a", kind: "ConfigMap" },
    ),
    subject("ConfigMap a", "delete"),
    {
      kind: "conflict",
      message: "ConfigMap a in namespace db was deleted and made anew by somebody else meanwhile",
    },
  ],
  [
    "an apply onto an object that is gone",
    409,
    status(
      'Operation cannot be fulfilled on configmaps "new1": uid mismatch: the provided object specified uid 123, and no existing object was found',
      "Conflict",
      { name: "new1", kind: "configmaps" },
    ),
    subject("ConfigMap new1"),
    { kind: "not-found", message: "there is no ConfigMap new1 in namespace db" },
  ],
  [
    "another uid, on an apply",
    422,
    status(
      'ConfigMap "a" is invalid: metadata.uid: Invalid value: "123": field is immutable',
      "Invalid",
      {
        name: "a",
        causes: [
          cause("metadata.uid", 'Invalid value: "123": field is immutable'),
          cause("metadata.uid", 'Invalid value: "123": field is immutable'),
        ],
      },
    ),
    subject("ConfigMap a"),
    {
      kind: "conflict",
      message: "ConfigMap a in namespace db was deleted and made anew by somebody else meanwhile",
    },
  ],
  [
    "fields of others",
    409,
    status("Apply failed with 3 conflicts: …", "Conflict", {
      causes: [
        cause(
          ".spec.replicas",
          'conflict with "kubectl-client-side-apply" using apps/v1',
          "FieldManagerConflict",
        ),
        cause(
          ".spec.paused",
          'conflict with "kubectl-client-side-apply" using apps/v1 at 2026-11-21T04:29:20Z',
          "FieldManagerConflict",
        ),
        cause(".spec.minReadySeconds", 'conflict with "hpa"', "FieldManagerConflict"),
      ],
    }),
    subject("StatefulSet x"),
    {
      kind: "conflict",
      message:
        "kubectl-client-side-apply owns .spec.replicas, .spec.paused of StatefulSet x; hpa owns .spec.minReadySeconds of StatefulSet x",
      hint: expect.stringContaining("--force-conflicts") as string,
      conflicts: [
        { manager: "kubectl-client-side-apply", field: ".spec.replicas" },
        { manager: "kubectl-client-side-apply", field: ".spec.paused" },
        { manager: "hpa", field: ".spec.minReadySeconds" },
      ],
    },
  ],
  [
    "an unknown field, by a 500",
    500,
    status("failed to create typed patch object: .dada: field not declared in schema", ""),
    subject("ConfigMap a"),
    {
      kind: "invalid",
      message: "ConfigMap a: .dada: field not declared in schema",
      transient: false,
    },
  ],
  [
    "an immutable field",
    422,
    status('Deployment.apps "de" is invalid: spec.selector: …', "Invalid", {
      name: "de",
      causes: [cause("spec.selector", "Invalid value: v1.LabelSelector{}: field is immutable")],
    }),
    subject("Deployment de"),
    {
      kind: "invalid",
      message: "Deployment de is invalid: spec.selector: field is immutable",
      hint: expect.stringContaining("created anew") as string,
    },
  ],
  [
    "a claim that cannot grow",
    403,
    status(
      'persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      "Forbidden",
    ),
    subject("PersistentVolumeClaim data"),
    {
      kind: "invalid",
      message:
        "PersistentVolumeClaim data cannot grow: its StorageClass does not allow it, or its volume was not made by one",
      hint: expect.stringContaining("kubectl get storageclass") as string,
    },
  ],
  [
    "an immutable StatefulSet",
    422,
    status("…", "Invalid", {
      name: "st",
      causes: [
        cause(
          "spec",
          "Forbidden: updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' are forbidden",
          "FieldValueForbidden",
        ),
      ],
    }),
    subject("StatefulSet st"),
    { kind: "invalid", hint: expect.stringContaining("created anew") as string },
  ],
  [
    "a wrong type",
    400,
    status(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: v1.ConfigMap.Data: ReadString: expects " or n, but found 5',
      "BadRequest",
    ),
    subject("ConfigMap b", "create"),
    { kind: "invalid", hint: undefined },
  ],
  [
    "a webhook that is down",
    500,
    status(
      'Internal error occurred: failed calling webhook "no.example": Post "https://10.10.0.1:1/x?timeout=2s": dial tcp 10.10.0.1:1: connect: connection refused',
      "InternalError",
    ),
    subject("ConfigMap w", "create"),
    {
      kind: "webhook",
      transient: true,
      message: expect.stringMatching(
        /^create ConfigMap w: the admission webhook no\.example cannot be asked: /,
      ) as string,
    },
  ],
  [
    "a webhook without its Service",
    500,
    status(
      'Internal error occurred: failed calling webhook "no.example": Post "https://nope.db.svc:443/?timeout=2s": service "nope" not found',
      "InternalError",
    ),
    subject("ConfigMap w", "create"),
    { kind: "webhook", transient: false },
  ],
  [
    "a webhook that says no",
    403,
    status(
      'admission webhook "policy.example" denied the request: images must come from us',
      "Forbidden",
    ),
    subject("Pod p", "create"),
    {
      kind: "webhook",
      transient: false,
      message:
        'create Pod p: admission webhook "policy.example" denied the request: images must come from us',
    },
  ],
  [
    "too many requests",
    429,
    status("too many requests", "TooManyRequests"),
    subject("Pod p"),
    { kind: "unavailable", transient: true, uncertain: false },
  ],
  [
    "a load balancer without servers",
    503,
    "<html>no backend</html>",
    subject("Pod p"),
    { kind: "unavailable", transient: true, uncertain: true },
  ],
  [
    "the same, asked for a read",
    503,
    "<html>no backend</html>",
    subject("Pod p", "get"),
    { kind: "unavailable", uncertain: false },
  ],
  [
    "something else",
    500,
    status("boom", "InternalError"),
    subject("Pod p"),
    { kind: "other", transient: false },
  ],
  [
    "a version too old",
    410,
    status("too old resource version", "Expired"),
    subject("Pod p", "list"),
    { kind: "gone", transient: true },
  ],
])("%s", (_, code, body, about, expected) => {
  const error = answerError({ status: code, headers: {}, body }, about);
  expect(error).toMatchObject({ status: code, ref: about.ref, ...expected });
  expect(error.message).not.toMatch(/\n|undefined/);
});

test.each([
  'Secret in version "v1" cannot be handled as a Secret: v1.Secret.StringData: ReadString: expects " or n, but found 1, error found in #10 byte of ...|assword":123456789}}|..., bigger context ...|,"namespace":"db"},"stringData":{"password":123456789}}|...',
  "failed to create typed patch object: .stringData.password: expected string, got &value.valueUnstructured{Value:123456789}",
])("what a server repeats of a request is not passed on: %s", (message) => {
  const body = status(message, "BadRequest");
  const error = answerError({ status: 400, headers: {}, body }, subject("Secret s", "create"));
  expect(error.message).toMatch(/^Secret s: /);
  expect(error.message).not.toContain("123456789");
});
