import { expect, test } from "vitest";
import { ClusterError } from "../../model/cluster.ts";
import { refText } from "../../model/kube-object.ts";
import type { Preview } from "../../model/run.ts";
import { executeRun } from "../execute-run.ts";
import { configMap, scenario } from "../testing/scenario.ts";
import { createPreviewCache } from "./preview-cache.ts";
import { previewRun } from "./preview-run.ts";

function lines({ objects }: Preview): string[] {
  return objects.map(({ ref, change, why }) => `${change} ${refText(ref)}${why ? `: ${why}` : ""}`);
}

const secret = (value: string): string =>
  `{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {password: ${value}, same: c2FtZQ==}}`;

const GALERA = `
tasks:
  boot: { kind: Apply, resources: [boot.yaml] }
  config: { kind: Apply, resources: [config.yaml] }
  unboot: { kind: Delete, resources: [boot.yaml, old.yaml] }
templates:
  boot.yaml: '${configMap("boot")}'
  old.yaml: '${configMap("old")}'
  config.yaml: '${configMap("config", "{{StepName}}")}'
plans:
  deploy:
    phases: { p: { steps: { boot: [boot], config: [config], cleanup: [unboot, config] } } }
`;

test("each object's first write is asked about, the others come later", async () => {
  const run = scenario(GALERA);
  const preview = await previewRun(run.inputs, run.deps);
  expect(lines(preview)).toEqual([
    "create ConfigMap boot",
    "create ConfigMap config",
    "later ConfigMap boot: deploy.p.boot.boot applies it before",
    "absent ConfigMap old",
    "later ConfigMap config: deploy.p.config.config applies it before",
  ]);
  expect(preview.problems).toEqual([]);
  expect(run.cluster.objects()).toEqual([]);
  expect(run.cluster.log).toEqual([
    "POST ConfigMap boot (dry run)",
    "POST ConfigMap config (dry run)",
    "GET ConfigMap old",
  ]);
});

test("what may be missing for later writes is found now", async () => {
  const run = scenario(GALERA, { mayI: (verb) => verb === "create" });
  const { problems } = await previewRun(run.inputs, run.deps);
  expect(problems.map(({ message }) => message)).toEqual([
    "the user may not delete ConfigMap boot in namespace db",
    "the user may not patch ConfigMap config in namespace db",
  ]);
});

test("the run that follows asks nothing twice", async () => {
  const run = scenario(GALERA);
  const preview = createPreviewCache();
  await previewRun(run.inputs, { ...run.deps, preview });
  const asked = run.cluster.log.length;
  expect(await executeRun(run.inputs, { ...run.deps, preview })).toEqual({ result: "complete" });
  expect(run.cluster.log.slice(asked)).toEqual([
    "GET ConfigMap old",
    "POST ConfigMap boot",
    "POST ConfigMap config",
    // What came later is read when its step begins: the configuration as it is now.
    "GET ConfigMap config",
    "APPLY ConfigMap config (dry run)",
    "GET ConfigMap boot",
    "GET ConfigMap old",
    "DELETE ConfigMap boot",
    "GET ConfigMap boot",
    "APPLY ConfigMap config",
  ]);
  expect(run.cluster.objects().map(({ metadata, data }) => [metadata.name, data])).toEqual([
    ["config", { key: "cleanup" }],
  ]);
});

test("differences are shown, a Secret's values are not", async () => {
  const text = (value: string): string => `
tasks: { t: { kind: Apply, resources: [s.yaml, c.yaml] } }
templates: { s.yaml: '${secret(value)}', c.yaml: '${configMap("c", value)}' }
plans: { deploy: { phases: { p: { steps: { s: [t] } } } } }
`;
  const first = scenario(text("b2xk"));
  await executeRun(first.inputs, first.deps);
  const again = scenario(text("bmV3ZXI="), { ...first, uid: "run-2" });
  const { objects } = await previewRun(again.inputs, { ...again.deps, wantDiffs: true });
  const [ofSecret = "", ofConfig = ""] = objects.map(({ diff }) => diff ?? "");
  expect(ofSecret).toContain("-  password: '***'\n+  password: '*** (changed)'\n   same: '***'");
  expect(ofSecret).not.toMatch(/b2xk|bmV3|c2Ft/);
  expect(ofConfig).toContain("-  key: b2xk\n+  key: bmV3ZXI=");
  expect(ofConfig).not.toMatch(/resourceVersion|managedFields|last-plan-execution-uid/);
});

test("conflicts name the other manager, and --force-conflicts", async () => {
  const text = (value: string): string => `
tasks: { t: { kind: Apply, resources: [c.yaml] } }
templates: { c.yaml: '${configMap("c", value)}' }
plans: { deploy: { phases: { p: { steps: { s: [t] } } } } }
`;
  const first = scenario(text("a"));
  await executeRun(first.inputs, first.deps);
  first.cluster.claim(
    { apiVersion: "v1", kind: "ConfigMap", name: "c", namespace: "db" },
    "data.key",
    "helm",
  );
  const again = scenario(text("b"), { ...first });
  const { problems } = await previewRun(again.inputs, again.deps);
  expect(problems).toEqual([
    {
      path: { plan: "deploy", phase: "p", step: "s", task: "t" },
      ref: { apiVersion: "v1", kind: "ConfigMap", name: "c", namespace: "db" },
      message: "ConfigMap c: field .data.key is managed by helm",
      hint: "take the fields over with --force-conflicts, or leave them out of the template",
    },
  ]);
  const forced = await previewRun(again.inputs, { ...again.deps, forceConflicts: true });
  expect([lines(forced), forced.problems]).toEqual([["configure ConfigMap c"], []]);
});

const CRD =
  `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com},
  spec: {group: example.com, scope: Namespaced, names: {kind: Thing, plural: things}}}`.replace(
    /\n/g,
    "",
  );
const THING = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: t}, spec: {}}";

test("a kind that the run defines comes later, and is usable when its task begins", async () => {
  const run = scenario(
    `
tasks: { t: { kind: Apply, resources: [thing.yaml, crd.yaml] } }
templates: { crd.yaml: '${CRD} ', thing.yaml: '${THING}' }
plans: { deploy: { phases: { p: { steps: { s: [t] } } } } }
`,
    {
      notServed: ["Thing"],
      controllers: {
        CustomResourceDefinition: async (object, cluster) => {
          await run.clock.sleep(2000);
          cluster.setStatus(
            { ...object, name: object.metadata.name },
            {
              conditions: [
                { type: "NamesAccepted", status: "True" },
                { type: "Established", status: "True" },
              ],
            },
          );
        },
      },
    },
  );
  expect(lines(await previewRun(run.inputs, run.deps))).toEqual([
    "later Thing t: its CustomResourceDefinition is applied before by this run",
    "create CustomResourceDefinition things.example.com",
  ]);
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const thing = run.cluster.objects().find(({ kind }) => kind === "Thing");
  expect(thing?.metadata.namespace).toBe("db");
});

test("a kind that nobody serves is a problem; to delete it, there is nothing to do", async () => {
  const run = scenario(
    `
tasks: { d: { kind: Delete, resources: [t.yaml] }, a: { kind: Apply, resources: [t.yaml] } }
templates: { t.yaml: '${THING}' }
plans: { deploy: { phases: { p: { steps: { d: [d], a: [a] } } } } }
`,
    { notServed: ["Thing"] },
  );
  const { problems, objects } = await previewRun(run.inputs, run.deps);
  expect(objects).toEqual([]);
  expect(problems.map(({ path, message }) => [path.task, message])).toEqual([
    ["a", "the server does not serve example.com/v1 Thing"],
  ]);
});

const BINDING =
  "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b}, roleRef: {kind: Role, name: r}}";
const ROLE = "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}}";

test("a binding to a role that the run makes comes later", async () => {
  const run = scenario(`
tasks: { t: { kind: Apply, resources: [r.yaml, b.yaml] } }
templates: { r.yaml: '${ROLE}', b.yaml: '${BINDING}' }
plans: { deploy: { phases: { p: { steps: { s: [t] } } } } }
`);
  expect(lines(await previewRun(run.inputs, run.deps))).toEqual([
    "create Role r",
    "later RoleBinding b: it needs Role r, which deploy.p.s.t applies before",
  ]);
});

test("all problems of templates are one refusal", async () => {
  const run = scenario(`
tasks: { a: { kind: Apply, resources: [a.yaml] }, b: { kind: Apply, resources: [b.yaml] } }
templates: { a.yaml: "kind: [", b.yaml: "{{Params.NOPE}}" }
plans: { deploy: { phases: { p: { steps: { a: [a], b: [b] } } } } }
`);
  await expect(previewRun(run.inputs, run.deps)).rejects.toMatchObject({
    kind: "bad-input",
    issues: [expect.objectContaining({}), expect.objectContaining({})],
  });
});

test("a cluster that cannot be asked is no problem of an object", async () => {
  const run = scenario(GALERA, {
    fault: () => {
      throw new ClusterError("unreachable", "no server there", { transient: true });
    },
  });
  await expect(previewRun(run.inputs, run.deps)).rejects.toThrow("no server there");
});

test("an object that could only be checked when its step begins fails the step before its first write", async () => {
  const run = scenario(
    `
tasks:
  gone: { kind: Delete, resources: [c.yaml] }
  first: { kind: Apply, resources: [x.yaml] }
  again: { kind: Apply, resources: [c.yaml] }
templates: { c.yaml: '${configMap("c")}', x.yaml: '${configMap("x")}' }
plans: { deploy: { phases: { p: { steps: { gone: [gone], again: [first, again] } } } } }
`,
    {
      fault: ({ verb, ref, dryRun }) => {
        if (verb === "create" && ref.name === "c" && dryRun)
          throw new ClusterError("invalid", "ConfigMap c: bad", { ref });
      },
    },
  );
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "failed",
    message: "ConfigMap c: bad",
    path: { step: "again" },
  });
  expect(run.cluster.objects()).toEqual([]);
});

const set = (name: string): string =>
  `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: ${name}}, spec: {template: {}}}`;

test.each([
  ["galera-db", []],
  ["'{{Name}}-db'", []],
  ["demo-db", ["the step is to roll out StatefulSet demo-db, and applies StatefulSet galera-db"]],
])("a rollout of %s is held against what its step applies", async (name, messages) => {
  const run = scenario(`
tasks: { db: { kind: Apply, resources: [db.yaml] } }
templates: { db.yaml: "${set("galera-db")}" }
plans: { deploy: { phases: { p: { steps: { db: { tasks: [db], rollout: { statefulSet: ${name} } } } } } } }
`);
  const { problems } = await previewRun(run.inputs, run.deps);
  expect(problems.map(({ message }) => message)).toEqual(messages);
});
