import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../src/cluster/kube.ts";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import { executeRun } from "../../src/engine/execute-run.ts";
import { mortal } from "../../src/engine/testing/mortal-cluster.ts";
import { errorText, eventLines, scenario } from "../../src/engine/testing/scenario.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { KplanError } from "../../src/model/kplan-error.ts";
import type { ObjectRef } from "../../src/model/kube-object.ts";
import { realClock } from "../../src/model/real-clock.ts";

// Fields that the server does not let change, kind by kind: found before the first write, with the ways on, and each way goes through.

let server: EmbeddedServer;
let cluster: Cluster;

beforeAll(async () => {
  server = await startServer({ speed: 2000 });
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "kplan-immutable-")), "kubeconfig");
  writeFileSync(kubeconfig, server.kubeconfig());
  ({ cluster } = await connect({ kubeconfig, env: {}, version: "0.0.0", simulated: true }));
  await cluster.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "db" } });
});
afterAll(async () => {
  cluster.close();
  await server.close();
});

/** Applies one template with a word about fields that cannot be changed. */
async function run(template: string, word: string, over: Cluster = cluster): Promise<string[]> {
  const one = scenario(
    `
tasks: {app: {kind: Apply, resources: [app.yaml]}}
templates: {app.yaml: ${JSON.stringify(template)}}
plans: {deploy: {phases: {main: {steps: {one: {tasks: [app], onImmutable: ${word}}}}}}}
`,
    { uid: "run-1" },
  );
  const outcome = await executeRun(one.inputs, { ...one.deps, cluster: over, clock: realClock });
  if (outcome.result !== "complete") throw new Error(JSON.stringify(outcome));
  return eventLines(one.events).filter((line) =>
    /^(again|created|deleted|configured|unchanged)/.test(line),
  );
}

/** Why a run is refused before its first write: message and hint. */
async function refusal(template: string, word: string): Promise<string> {
  const error = await run(template, word).then(
    () => undefined,
    (caught: KplanError) => caught,
  );
  if (error === undefined) return "not refused";
  const hints = (error.issues ?? []).map(({ hint }) => hint ?? "");
  return [errorText(error), ...hints].join("\n");
}

interface Case {
  readonly kind: string;
  readonly what: string;
  /** With VALUE for what cannot be changed. */
  readonly template: string;
  readonly from: string;
  readonly to: string;
  /** How the refusal names the field. */
  readonly names: string;
  /** The command by which it is done by hand. */
  readonly command: string;
  /** Whether what it has made can be kept. */
  readonly orphan: "kept" | "refused" | "nothing made";
}

const POD = "containers: [{name: c, image: i}]";
const template = (apiVersion: string, kind: string, rest: string): string =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: NAME}, ${rest}}`;
const set = (rest: string): string =>
  template("apps/v1", "StatefulSet", `spec: {replicas: 2, ${rest}}`);
const selected = `selector: {matchLabels: {app: NAME}}, template: {metadata: {labels: {app: NAME, v: one}}, spec: {${POD}}}`;

const CASES: readonly Case[] = [
  {
    kind: "StatefulSet",
    what: "claim templates",
    template: set(
      `serviceName: s, ${selected}, volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: VALUE}}}}]`,
    ),
    from: "1Gi",
    to: "2Gi",
    names: "(changed: spec.volumeClaimTemplates)",
    command: "kubectl -n db delete statefulset NAME --cascade=orphan",
    orphan: "kept",
  },
  {
    kind: "StatefulSet",
    what: "podManagementPolicy",
    template: set(`serviceName: s, podManagementPolicy: VALUE, ${selected}`),
    from: "OrderedReady",
    to: "Parallel",
    names: "(changed: spec.podManagementPolicy)",
    command: "kubectl -n db delete statefulset NAME --cascade=orphan",
    orphan: "kept",
  },
  {
    kind: "StatefulSet",
    what: "a selector that fits other pods",
    template: set(
      `serviceName: s, selector: {matchLabels: {app: NAME, v: VALUE}}, template: {metadata: {labels: {app: NAME, v: VALUE}}, spec: {${POD}}}`,
    ),
    from: "one",
    to: "two",
    names: "(changed: spec.selector)",
    command: "kubectl -n db delete statefulset NAME, then",
    orphan: "refused",
  },
  {
    kind: "Deployment",
    what: "a selector that fits other pods",
    template: template(
      "apps/v1",
      "Deployment",
      `spec: {selector: {matchLabels: {app: NAME, v: VALUE}}, template: {metadata: {labels: {app: NAME, v: VALUE}}, spec: {${POD}}}}`,
    ),
    from: "one",
    to: "two",
    names: "spec.selector",
    command: "kubectl -n db delete deployment NAME, then",
    orphan: "refused",
  },
  {
    kind: "Deployment",
    what: "a selector that fits the same pods",
    template: template(
      "apps/v1",
      "Deployment",
      `spec: {selector: {matchLabels: {VALUE}}, template: {metadata: {labels: {app: NAME, v: one}}, spec: {${POD}}}}`,
    ),
    from: "app: NAME, v: one",
    to: "app: NAME",
    names: "spec.selector",
    command: "kubectl -n db delete deployment NAME --cascade=orphan",
    orphan: "kept",
  },
  {
    kind: "Job",
    what: "its template",
    template: template(
      "batch/v1",
      "Job",
      "spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: VALUE}]}}}",
    ),
    from: "a",
    to: "b",
    names: "spec.template",
    command: "kubectl -n db delete job NAME, then",
    orphan: "refused",
  },
  {
    kind: "Service",
    what: "its address",
    template: template("v1", "Service", "spec: {clusterIP: VALUE, ports: [{port: 80}]}"),
    from: "None",
    to: "10.96.7.9",
    names: "spec.clusterIP",
    command: "kubectl -n db delete service NAME, then",
    orphan: "nothing made",
  },
  {
    kind: "ConfigMap",
    what: "data of one that says immutable",
    template: template("v1", "ConfigMap", "immutable: true, data: {a: VALUE}"),
    from: "one",
    to: "two",
    names: "data",
    command: "kubectl -n db delete configmap NAME, then",
    orphan: "nothing made",
  },
  {
    kind: "Secret",
    what: "its type",
    template: template("v1", "Secret", "type: VALUE, data: {a: eA==}"),
    from: "Opaque",
    to: "example.com/other",
    names: "type",
    command: "kubectl -n db delete secret NAME, then",
    orphan: "nothing made",
  },
  {
    kind: "RoleBinding",
    what: "its role",
    template: template(
      "rbac.authorization.k8s.io/v1",
      "RoleBinding",
      "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: VALUE}, subjects: []",
    ),
    from: "view",
    to: "edit",
    names: "roleRef",
    command: "kubectl -n db delete rolebinding NAME, then",
    orphan: "nothing made",
  },
];

const filled = (one: Case, name: string, value: string): string =>
  one.template.replaceAll("VALUE", value).replaceAll("NAME", name);

test.concurrent.each(CASES.map((one, index) => [`${one.kind}: ${one.what}`, index, one] as const))(
  "%s",
  async (_, index, one) => {
    const name = `fixed-${index}`;
    const [from, to] = [filled(one, name, one.from), filled(one, name, one.to)];
    await run(from, "refuse");
    const said = await refusal(to, "refuse");
    expect(said).toContain(one.names);
    expect(said).toContain(one.command.replace("NAME", name));
    expect(said).toContain("`onImmutable: ");
    if (one.orphan === "refused") expect(await refusal(to, "orphan")).toContain("use recreate");
    const word = one.orphan === "kept" ? "orphan" : "recreate";
    const before = await made(name);
    // Killed right after the deletion: whoever comes next finds it absent, or on its way out.
    await expect(run(to, word, mortal(cluster, 1, "after"))).rejects.toThrow("killed");
    expect(await run(to, "refuse")).toEqual([`created ${one.kind} ${name}`]);
    expect(await run(to, word)).toEqual([`unchanged ${one.kind} ${name}`]);
    if (one.orphan === "kept") expect(await made(name)).toEqual(before);
  },
);

/** uids of the pods of a name. */
async function made(name: string): Promise<string[]> {
  const query = { apiVersion: "v1", kind: "Pod", namespace: "db", labelSelector: `app=${name}` };
  return (await cluster.list(query)).items.map(({ metadata }) => metadata.uid ?? "").sort();
}

test("claims that stay are said in the preview", async () => {
  const text = (size: string): string => filled({ ...(CASES[0] as Case) }, "claims", size);
  await run(text("1Gi"), "refuse");
  const one = scenario(
    `
tasks: {app: {kind: Apply, resources: [app.yaml]}}
templates: {app.yaml: ${JSON.stringify(text("2Gi"))}}
plans: {deploy: {phases: {main: {steps: {one: {tasks: [app], onImmutable: recreate}}}}}}
`,
    {},
  );
  await executeRun(one.inputs, { ...one.deps, cluster, clock: realClock });
  const checked = one.events.find((event) => event.type === "check-finished");
  expect(checked?.preview.objects[0]).toMatchObject({
    change: "recreate",
    why: expect.stringMatching(
      /all that it has made goes with it; claims data-claims-\* stay as they are: what the new template asks for holds only for claims that do not exist yet$/,
    ),
  });
  const claim: ObjectRef = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    namespace: "db",
    name: "data-claims-0",
  };
  expect((await cluster.get(claim))?.spec).toMatchObject({
    resources: { requests: { storage: "1Gi" } },
  });
});

test("a claim is never made anew, and the hint says what then", async () => {
  const claim = (mode: string): string =>
    `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: alone}, spec: {accessModes: [${mode}], resources: {requests: {storage: 1Gi}}}}`;
  await run(claim("ReadWriteOnce"), "refuse");
  for (const word of ["refuse", "recreate", "orphan"])
    expect(await refusal(claim("ReadWriteMany"), word)).toContain("give the data a new claim");
});
