import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import type { DriftReport } from "../../src/model/drift.ts";
import type { RunRecord } from "../../src/model/run.ts";
import { type Api, openApi } from "../support/api.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";

// What others change, delete and take over is told and put right: whole command lines on the embedded cluster. The rows build on each other.

const FILES: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: web
operatorVersion: 0.1.0
tasks:
  - {name: first, kind: Apply, spec: {resources: [mode.yaml, token.yaml, scratch.yaml]}}
  - {name: scratch, kind: Delete, spec: {resources: [scratch.yaml]}}
  - {name: mode, kind: Apply, spec: {resources: [mode.yaml]}}
  - {name: found, kind: Exec, spec: {pods: "app={{Name}}", command: [found], record: {name: "{{Name}}-founded", lifetime: instance, once: ever}}}
  - {name: web, kind: Apply, spec: {resources: [service.yaml, web.yaml, front.yaml]}}
  - {name: note, kind: Apply, spec: {resources: [note.yaml]}}
  - {name: work, kind: Apply, spec: {resources: [job.yaml]}}
  - {name: broken, kind: Dummy, spec: {wantErr: true, fatal: true}}
plans:
  deploy:
    phases:
      - name: main
        steps:
          - {name: begin, tasks: [first]}
          - {name: tidy, tasks: [scratch, mode]}
          - name: web
            tasks: [web]
            rollout: {}
          - {name: end, tasks: [found, note, work]}
  update:
    phases:
      - name: main
        steps:
          - {name: note, tasks: [note]}
  broken:
    phases:
      - name: main
        steps:
          - {name: note, tasks: [note]}
          - {name: broken, tasks: [broken]}
`,
  "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - {name: SIZE, type: integer, default: 3, trigger: deploy}
  - {name: COLOR, type: string, default: red, trigger: update}
  - {name: EXTRA, type: boolean, default: true, trigger: update}
  - {name: PASSWORD, type: secret, trigger: update}
  - {name: BROKEN, type: boolean, default: false, trigger: broken}
`,
  "templates/config.yaml": "",
  "templates/mode.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-mode"}
data: {step: "{{StepName}}", color: "{{Params.COLOR}}"}
`,
  "templates/token.yaml": `apiVersion: v1
kind: Secret
metadata: {name: "{{Name}}-token"}
stringData: {token: "{{randAlphaNum 24}}", color: "{{Params.COLOR}}"}
`,
  "templates/scratch.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-scratch"}
`,
  "templates/service.yaml": `apiVersion: v1
kind: Service
metadata: {name: "{{Name}}"}
spec: {clusterIP: None, selector: {app: "{{Name}}"}, ports: [{name: db, port: 80}]}
`,
  "templates/web.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}"}
spec:
  serviceName: "{{Name}}"
  replicas: {{Params.SIZE}}
  selector: {matchLabels: {app: "{{Name}}"}}
  template:
    metadata: {labels: {app: "{{Name}}"}}
    spec:
      containers:
        - name: web
          image: web:1
          envFrom: [{configMapRef: {name: "{{Name}}-mode"}}]
`,
  "templates/front.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{Name}}-front"}
spec:
  replicas: 1
  selector: {matchLabels: {app: "{{Name}}-front"}}
  template:
    metadata: {labels: {app: "{{Name}}-front"}}
    spec: {containers: [{name: web, image: "web:1"}]}
`,
  "templates/job.yaml": `apiVersion: batch/v1
kind: Job
metadata: {name: "{{Name}}-work"}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: work, image: "work:1"}]}}}
`,
  "templates/note.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-note"}
data: {uuid: "{{Facts.found.uuid}}", color: "{{Params.COLOR}}"}
{{#if Params.EXTRA}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-extra"}
{{/if}}
`,
  "tests/simulate.yaml": `exec:
  - command: ^found
    answers: [{stdout: '{"uuid": "u-1"}'}]
`,
};

const CORE = "/api/v1/namespaces/default";
const APPS = "/apis/apps/v1/namespaces/default";
const I = "web-instance";

let server: EmbeddedServer;
let api: Api;
let home: string;
let folder: string;

beforeAll(async () => {
  server = await startServer({ speed: 2000 });
  api = openApi(server.kubeconfig());
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  folder = packageFolder({ ...FILES, "templates/config.yaml": null });
});
afterAll(async () => {
  api.close();
  await server.close();
});

function kplan(line: string): Promise<CliResult> {
  const env = { KUBECONFIG: join(home, "kubeconfig") };
  return cli(
    line.split(" ").map((word) => word.replace("$PKG", folder)),
    { home, env },
  );
}

async function driftReport(): Promise<DriftReport> {
  return JSON.parse((await kplan("drift -o json")).stdout) as DriftReport;
}

/** `ConfigMap web-instance-note changed .data.color`, … */
async function drifted(): Promise<string[]> {
  const { objects, unknown } = await driftReport();
  expect(unknown).toEqual([]);
  return objects.map(({ ref, state, fields }) =>
    [ref.kind, ref.name, state, ...fields.map(({ field }) => field)].join(" "),
  );
}

async function runs(): Promise<RunRecord[]> {
  return JSON.parse((await kplan("plan history -o json")).stdout) as RunRecord[];
}

async function changed(path: string, body: unknown): Promise<void> {
  const { status } = await api.patch(`${path}?fieldManager=somebody`, "merge-patch", body);
  expect(status).toBe(200);
}

describe.sequential("an instance that others touch", () => {
  test("what was just installed has no drift, whatever its steps applied, deleted and found out", async () => {
    const { code, stdout } = await kplan("install $PKG");
    expect([code, stdout]).toEqual([0, expect.stringContaining("COMPLETE")]);
    expect((await api.get(`${CORE}/configmaps/${I}-mode`)).body.data.step).toBe("tidy");
    const { code: same, stdout: text, stderr } = await kplan("drift");
    expect([same, text, stderr]).toEqual([0, `${I}: 8 objects as applied\n`, ""]);
  });

  test("each object is compared with the values of the run that applied it last", async () => {
    expect((await kplan("update -p COLOR=blue")).code).toBe(0);
    expect((await api.get(`${CORE}/configmaps/${I}-note`)).body.data.color).toBe("blue");
    expect((await api.get(`${CORE}/configmaps/${I}-mode`)).body.data.color).toBe("red");
    expect(await drifted()).toEqual([]);
  });

  test("additions of others are no drift; changes and deletions are, with who made them", async () => {
    await changed(`${CORE}/configmaps/${I}-note`, { data: { theirs: "x" } });
    await changed(`${APPS}/statefulsets/${I}`, { metadata: { annotations: { theirs: "x" } } });
    expect(await drifted()).toEqual([]);
    await changed(`${CORE}/configmaps/${I}-note`, { data: { color: "pink", uuid: null } });
    await changed(`${CORE}/secrets/${I}-token`, { data: { color: "cGluaw==" } });
    await api.delete(`${CORE}/configmaps/${I}-mode`);
    const text = await kplan("drift");
    expect(text.code).toBe(10);
    expect(text.stdout).toContain('.data.color: "pink", applied "blue" (somebody');
    expect(text.stdout).toContain('.data.uuid: gone, applied "u-1"\n');
    expect(text.stdout).toContain('.data.color: "***", applied "***" (somebody');
    expect(text.stdout).not.toContain("cGluaw");
    expect(text.stdout).toContain(`ConfigMap ${I}-mode missing (deploy.main.tidy.mode, run 1)`);
    expect(text.stdout).toContain("3 of 8 objects drifted");
    expect((await driftReport()).objects.map(({ ref, run }) => [ref.name, run])).toEqual([
      [`${I}-token`, 1],
      [`${I}-mode`, 1],
      [`${I}-note`, 2],
    ]);
  });

  test("a Job that did its work and is gone is not made again", async () => {
    await api.delete(`/apis/batch/v1/namespaces/default/jobs/${I}-work`);
    expect((await driftReport()).objects.map(({ ref }) => ref.kind)).not.toContain("Job");
  });

  test("a fix shows first what it would write, and writes nothing else", async () => {
    const before = (await runs()).length;
    const { code, stdout } = await kplan("drift --fix --dry-run");
    expect([code, (await runs()).length]).toEqual([10, before]);
    expect(stdout).toContain(`+ ConfigMap ${I}-mode create`);
    expect(stdout).toContain(`~ ConfigMap ${I}-note configure`);
    expect(stdout).not.toContain("StatefulSet");
  });

  test("a fix takes back what was changed, each by the values of its own run, and no more", async () => {
    const token = (await api.get(`${CORE}/secrets/${I}-token`)).body;
    const { code, stdout, stderr } = await kplan("drift --fix");
    expect([code, stdout]).toEqual([0, expect.stringContaining("COMPLETE")]);
    expect(stderr).toContain(`ConfigMap ${I}-note: .data.color is taken back from somebody`);
    expect((await api.get(`${CORE}/configmaps/${I}-note`)).body.data).toEqual({
      theirs: "x",
      uuid: "u-1",
      color: "blue",
    });
    expect((await api.get(`${CORE}/configmaps/${I}-mode`)).body.data).toEqual({
      step: "tidy",
      color: "red",
    });
    const { data } = (await api.get(`${CORE}/secrets/${I}-token`)).body;
    expect(data).toEqual({ ...token.data, color: Buffer.from("red").toString("base64") });
    expect(
      (await runs()).slice(0, 2).map(({ kind, status, plans }) => [kind, status, plans]),
    ).toEqual([
      ["fix", "COMPLETE", ["update"]],
      ["fix", "COMPLETE", ["deploy"]],
    ]);
    expect(await drifted()).toEqual([]);
    expect((await kplan("drift --fix")).stdout).toBe(`${I} is as it was applied\n`);
  });

  test("a fix is no change of parameters: the next update counts from the last one", async () => {
    expect((await kplan("update -p COLOR=blue")).stdout).toContain("has these values already");
    const { body } = await api.get(`/apis/kudo.dev/v1beta1/namespaces/default/instances/${I}`);
    const { deploy, update } = body.status.planStatus;
    expect([deploy.status, deploy.phases[0].steps.length, update.status]).toEqual([
      "COMPLETE",
      4,
      "COMPLETE",
    ]);
  });

  test("a set with a rollout is put right one pod at a time", async () => {
    await changed(`${APPS}/statefulsets/${I}`, {
      spec: { replicas: 5, podManagementPolicy: "OrderedReady" },
    });
    expect(await drifted()).toEqual([`StatefulSet ${I} changed .spec.replicas`]);
    await changed(`${APPS}/statefulsets/${I}`, {
      spec: {
        template: {
          spec: {
            containers: [
              { name: "web", image: "web:2", envFrom: [{ configMapRef: { name: `${I}-mode` } }] },
            ],
          },
        },
      },
    });
    const { code, stdout } = await kplan("drift --fix");
    expect([code, stdout]).toEqual([0, expect.stringContaining("COMPLETE")]);
    expect(stdout).toMatch(/restarting web-instance-4/);
    expect(stdout).toMatch(/5 to 4 pods[\s\S]*4 to 3 pods/);
    const { spec } = (await api.get(`${APPS}/statefulsets/${I}`)).body;
    expect([spec.replicas, spec.template.spec.containers[0].image]).toEqual([3, "web:1"]);
    expect(await drifted()).toEqual([]);
  });

  test("replicas that an autoscaler sets are never fought over", async () => {
    const scaler = {
      apiVersion: "autoscaling/v1",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "more" },
      spec: { maxReplicas: 9, scaleTargetRef: { kind: "Deployment", name: `${I}-front` } },
    };
    const made = await api.post(
      "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers",
      scaler,
    );
    expect(made.status).toBe(201);
    await changed(`${APPS}/deployments/${I}-front`, { spec: { replicas: 4 } });
    const report = await driftReport();
    expect(report.objects).toEqual([]);
    expect(report.notes).toEqual([
      `Deployment ${I}-front: .spec.replicas is 4, as HorizontalPodAutoscaler more wants it`,
    ]);
    await changed(`${APPS}/deployments/${I}-front`, { metadata: { labels: { heritage: "me" } } });
    expect(await drifted()).toEqual([`Deployment ${I}-front changed .metadata.labels.heritage`]);
    const { code, stdout } = await kplan("drift --fix");
    expect([code, stdout]).toEqual([0, expect.stringContaining("COMPLETE")]);
    const { body } = await api.get(`${APPS}/deployments/${I}-front`);
    expect([body.metadata.labels.heritage, body.spec.replicas]).toEqual(["kudo", 4]);
  });

  test("what somebody made anew is no longer ours, and is taken only when that is said", async () => {
    await api.delete(`${CORE}/services/${I}`);
    const theirs = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: I },
      spec: { clusterIP: "None", selector: { app: "other" }, ports: [{ name: "db", port: 80 }] },
    };
    expect((await api.post(`${CORE}/services?fieldManager=somebody`, theirs)).status).toBe(201);
    expect(await drifted()).toEqual([`Service ${I} not-ours`]);
    expect((await kplan("drift --fix")).stdout).toContain("cannot be put right");
    expect((await api.get(`${CORE}/services/${I}`)).body.spec.selector.app).toBe("other");
    const { code, stdout } = await kplan("drift --fix --force-conflicts");
    expect([code, stdout]).toEqual([0, expect.stringContaining("COMPLETE")]);
    expect(await drifted()).toEqual([]);
  });

  test("what nothing renders any more is named, and is no drift", async () => {
    expect((await kplan("update -p EXTRA=false")).code).toBe(0);
    const { code, stdout } = await kplan("drift");
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`left over: ConfigMap ${I}-extra of update.main.note.note`),
    ]);
  });

  test("a lost secret is told: nobody can make it anew", async () => {
    await changed(`${CORE}/secrets/${I}-secrets`, { data: { PASSWORD: "eA==" } });
    const { code, stdout } = await kplan("drift");
    expect([code, stdout]).toEqual([
      10,
      expect.stringContaining('.data.PASSWORD: "***", applied "***"'),
    ]);
    expect((await kplan("drift --fix")).stdout).toContain("cannot be put right");
  });

  test("an unfinished run is said first, and finished first", async () => {
    expect((await kplan("update -p BROKEN=true")).code).toBe(1);
    const { stdout } = await kplan("drift");
    expect(stdout).toMatch(/^run \d+ \(update\) is not complete: dummy error; what it was about/);
    const { code, stderr } = await kplan("drift --fix");
    expect([code, stderr]).toEqual([2, expect.stringContaining("(update) is unfinished")]);
  });

  test("there is nothing to compare where there is no instance", async () => {
    expect((await kplan("drift --instance nobody")).code).toBe(2);
  });
});
