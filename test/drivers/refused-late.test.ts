import { afterAll, beforeAll, expect, test } from "vitest";
import { install } from "../../src/actions/change/install.ts";
import { update } from "../../src/actions/change/update.ts";
import type { ActionContext } from "../../src/actions/context.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type DriversWorld, driversWorld, values } from "./drivers.ts";

// The world changes between the dry run that a command is judged by and the one that the run itself begins with, when all is stored already.

let world: DriversWorld;
let source: string;
beforeAll(async () => {
  world = await driversWorld();
  source = packageFolder({
    "operator.yaml": `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: ask, kind: Exec, spec: {pods: app=none, command: [ask]}}
plans:
  deploy: {phases: [{name: main, steps: [{name: config, tasks: [config]}]}]}
  look: {phases: [{name: main, steps: [{name: config, tasks: [config]}, {name: ask, tasks: [ask]}]}]}
`,
    "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - {name: A, type: string, default: "0", trigger: look}
  - {name: PASSWORD, type: secret, generate: password}
`,
    "templates/config.yaml":
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: '{{Name}}-config'}, data: {a: '{{Params.A}}'}}",
  });
});
afterAll(() => world.close());

test("an update that is refused then leaves instance and runs as they were, and the next one is judged anew", async () => {
  const { ctx } = await world.driver("update");
  await install(ctx, { source });
  const before = await everything();
  await expect(update(withoutRight(ctx), { values: values("A=1") })).rejects.toMatchObject({
    kind: "bad-input",
    issues: [{ code: "would-fail" }],
  });
  expect(await everything()).toEqual(before);
});

test("an install that is refused then leaves nothing", async () => {
  const { ctx } = await world.driver("install");
  const before = await everything();
  const broken = packageFolder({
    "operator.yaml": `apiVersion: kplan.dev/v1
name: other
operatorVersion: 0.1.0
tasks:
  - {name: ask, kind: Exec, spec: {pods: app=none, command: [ask]}}
plans:
  deploy: {phases: [{name: main, steps: [{name: ask, tasks: [ask]}]}]}
`,
    "params.yaml": `apiVersion: kplan.dev/v1
parameters: [{name: PASSWORD, type: secret, generate: password}]
`,
    "templates/config.yaml": null,
  });
  await expect(install(withoutRight(ctx), { source: broken })).rejects.toMatchObject({
    kind: "bad-input",
  });
  expect(await everything()).toEqual(before);
});

/** Somebody who loses the right to run commands after having been asked about it once. */
function withoutRight(ctx: ActionContext): ActionContext {
  let asked = 0;
  const mayI: ActionContext["cluster"]["mayI"] = (verb, ref) => {
    if (ref.subresource !== "exec") return ctx.cluster.mayI(verb, ref);
    asked += 1;
    return Promise.resolve(asked === 1);
  };
  return { ...ctx, cluster: { ...ctx.cluster, mayI } };
}

/** All objects that kplan stores, without versions and without who holds the Lease. */
async function everything(): Promise<readonly unknown[]> {
  const core = "/api/v1/namespaces/default";
  const kudo = "/apis/kudo.dev/v1beta1/namespaces/default";
  const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
  const paths = [
    `${core}/configmaps`,
    `${core}/secrets`,
    `${kudo}/instances`,
    `${kudo}/operators`,
    `${kudo}/operatorversions`,
    leases,
  ];
  const lists = await Promise.all(paths.map((path) => world.api.get(path)));
  return lists.flatMap(({ body }, index) =>
    body.items.map(
      (item: {
        metadata: Record<string, unknown>;
        spec: unknown;
        data: unknown;
        status: unknown;
      }) => ({
        path: paths[index],
        name: item.metadata.name,
        ...(paths[index] !== leases && { spec: item.spec, status: item.status, data: item.data }),
      }),
    ),
  );
}
