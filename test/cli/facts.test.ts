import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunRecord } from "../../src/model/run.ts";
import { type Api, openApi } from "../support/api.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";

// Commands in pods, what they find out, conditions and requirements: whole command lines on the embedded cluster. The rows build on each other.

const OPERATOR = `apiVersion: kplan.dev/v1
name: facts
operatorVersion: 0.1.0
tasks:
  - name: web
    kind: Apply
    spec:
      resources: [web.yaml]
  - name: found
    kind: Exec
    spec:
      pods: app={{Name}}
      command: [found, "{{Record.token}}"]
      record: {name: "{{Name}}-founded", lifetime: instance, once: ever}
  - name: look
    kind: Exec
    spec:
      pods: app={{Name}}
      forEach: pod
      command: [look]
  - name: note
    kind: Apply
    spec:
      resources: [note.yaml]
plans:
  deploy:
    phases:
      - name: main
        steps:
          - name: web
            tasks: [web]
          - name: found
            tasks: [found, look]
          - name: note
            tasks: [note]
            when: Facts.look.exists(one, one.ordinal == 1)
          - name: never
            tasks: [note]
            when: Params.COUNT > 100
  update:
    require:
      - id: few
        expression: Params.COUNT < 4
        message: "{{Params.COUNT}} pods are too many for {{Facts.found.uuid}}"
    phases:
      - name: main
        steps:
          - name: web
            tasks: [web]
          - name: odd
            tasks: [note, look]
            require:
              - id: odd
                expression: Params.COUNT % 2 == 1
                message: "{{Params.COUNT}} is even"
  cleanup:
    require:
      - id: gone
        expression: Params.COUNT != 3
        message: three of them are in use
    phases:
      - name: main
        steps:
          - name: note
            tasks: [look]
`;

const FILES: Readonly<Record<string, string>> = {
  "operator.yaml": OPERATOR,
  "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - name: COUNT
    type: integer
    default: 2
    trigger: update
`,
  "templates/config.yaml": "",
  "templates/note.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{Name}}-note
data:
  uuid: {{Facts.found.uuid}}
  pods: {{#each Facts.look}}{{this.pod}}{{/each}}
`,
  "templates/web.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{Name}}
spec:
  serviceName: web
  replicas: {{Params.COUNT}}
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: "{{Name}}" } }
  template:
    metadata: {labels: {app: "{{Name}}" } }
    spec: {containers: [{name: web, image: web}]}
`,
  "tests/simulate.yaml": `# What commands answer.
exec:
  - command: ^found
    answers: [{stdout: '{"uuid": "u-of-$(pod)"}'}]
  - command: ^look
    answers: [{stdout: '{"n": 1}'}]
`,
};

let server: InProcessTarget;
let api: Api;
let home: string;
let folder: string;

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
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

async function lastRun(): Promise<RunRecord> {
  const { stdout } = await kplan("plan history -o json");
  const [newest] = JSON.parse(stdout) as RunRecord[];
  if (newest === undefined) throw new Error("there is no run");
  return newest;
}

async function configMap(name: string): Promise<Record<string, unknown> | undefined> {
  const { status, body } = await api.get(`/api/v1/namespaces/default/configmaps/${name}`);
  return status === 200 ? body : undefined;
}

describe.sequential("an instance whose package asks its pods", () => {
  test("a dry run tells what depends on facts, and refuses nothing", async () => {
    const { code, stdout, stderr } = await kplan("install $PKG --dry-run");
    expect([code, stderr]).toEqual([10, ""]);
    expect(stdout).toContain(
      "? Template note.yaml later (it depends on what task found finds out)",
    );
    expect(stdout).not.toContain("deploy.main.never");
  });

  test("install asks the pods and goes on with what they answer", async () => {
    const { code, stdout, stderr } = await kplan("install $PKG");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("deploy.main.never COMPLETE: skipped: Params.COUNT > 100 is false");
    const note = await configMap("facts-instance-note");
    expect(note?.data).toEqual({
      uuid: "u-of-facts-instance-0",
      pods: "facts-instance-0facts-instance-1",
    });
    expect((await lastRun()).facts).toEqual({
      found: { uuid: "u-of-facts-instance-0" },
      look: [
        { n: 1, pod: "facts-instance-0", ordinal: 0 },
        { n: 1, pod: "facts-instance-1", ordinal: 1 },
      ],
    });
    expect((await lastRun()).inventory.map(({ ref }) => `${ref.kind} ${ref.name}`)).toEqual([
      "StatefulSet facts-instance",
      "ConfigMap facts-instance-founded",
      "ConfigMap facts-instance-note",
    ]);
  });

  test("the status of the skipped step says why", async () => {
    const { stdout } = await kplan("plan status");
    expect(stdout).toMatch(/never.*skipped: Params\.COUNT > 100 is false/);
  });

  test("a requirement that does not hold refuses an update, and the dry run of it", async () => {
    const refusal = /update: 5 pods are too many for u-of-facts-instance-0[\s\S]*--allow few/;
    const dry = await kplan("update -p COUNT=5 --dry-run");
    expect([dry.code, dry.stdout]).toEqual([1, expect.stringMatching(refusal)]);
    const runs = (await lastRun()).number;
    const real = await kplan("update -p COUNT=5");
    expect([real.code, real.stderr]).toEqual([2, expect.stringMatching(refusal)]);
    expect((await lastRun()).number).toBe(runs);
    const { body } = await api.get(
      "/apis/kudo.dev/v1beta1/namespaces/default/instances/facts-instance",
    );
    expect(body.spec.parameters ?? {}).toEqual({});
  });

  test("an id that no requirement has is refused, naming those that there are", async () => {
    const { code, stderr } = await kplan("update -p COUNT=5 --allow fwe");
    expect(code).toBe(2);
    expect(stderr).toContain('--allow fwe: facts has no requirement fwe, did you mean "few"?');
    expect(stderr).toContain("its requirements: few, gone, odd");
  });

  test("what was allowed stays with the run: a failed one goes on without saying it again", async () => {
    const failed = await kplan("update -p COUNT=6 --allow few");
    expect([failed.code, failed.stderr + failed.stdout]).toEqual([
      1,
      expect.stringMatching(/6 is even[\s\S]*--allow odd/),
    ]);
    expect(await lastRun()).toMatchObject({ allowed: ["few"], status: "FATAL_ERROR" });
    const { number } = await lastRun();
    const again = await kplan("update --allow odd");
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(await lastRun()).toMatchObject({ number, allowed: ["few", "odd"], status: "COMPLETE" });
    expect((await lastRun()).facts?.look).toHaveLength(6);
  });

  test("a plan that is triggered is refused and allowed in the same way", async () => {
    const refused = await kplan("plan trigger update");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("--allow few")]);
    const allowed = await kplan("plan trigger update --allow few --allow odd");
    expect([allowed.code, allowed.stderr]).toEqual([0, ""]);
  });

  test("an uninstall is refused by its cleanup plan before anything is removed", async () => {
    expect((await kplan("update -p COUNT=3")).code).toBe(0);
    const dry = await kplan("uninstall --dry-run");
    expect([dry.code, dry.stdout]).toEqual([
      1,
      expect.stringContaining("three of them are in use"),
    ]);
    const refused = await kplan("uninstall");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("--allow gone")]);
    expect(await configMap("facts-instance-founded")).toBeDefined();
  });

  test("an uninstall by which a node is declared lost that is not is refused before its cleanup plan", async () => {
    const before = await lastRun();
    for (const line of ["uninstall --allow gone", "uninstall --allow gone --dry-run"]) {
      const refused = await kplan(`${line} --node-lost node1`);
      expect([refused.code, refused.stderr]).toEqual([
        2,
        expect.stringContaining("node node1 is ready"),
      ]);
    }
    expect(await lastRun()).toEqual(before);
  });

  test("an uninstall removes the record of an act that is the instance's", async () => {
    const { code, stderr } = await kplan("uninstall --allow gone");
    expect([code, stderr]).toEqual([0, ""]);
    expect(await configMap("facts-instance-founded")).toBeUndefined();
  });
});

test("what is in the way of a cleanup plan is told before anything is written, by a dry run too", async () => {
  const stuck = packageFolder({
    ...FILES,
    "operator.yaml": OPERATOR.replace("tasks: [look]\n", "tasks: [web]\n").replace(
      "name: facts",
      "name: stuck",
    ),
    "templates/web.yaml": (FILES["templates/web.yaml"] ?? "").replace(
      "serviceName: web",
      'serviceName: {{#if (eq PlanName "cleanup")}}other{{else}}web{{/if}}',
    ),
    "templates/config.yaml": null,
  });
  expect((await kplan(`install ${stuck} --instance stuck`)).code).toBe(0);
  const dry = await kplan("uninstall --instance stuck --dry-run");
  expect([dry.code, dry.stdout]).toEqual([
    1,
    expect.stringMatching(/cleanup\.main\.note\.web StatefulSet stuck: [\s\S]* delete/),
  ]);
  const refused = await kplan("uninstall --instance stuck");
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining("nothing was applied: the dry run found 1 problem"),
  ]);
  // The instance goes on to be worked on.
  const update = await kplan("update --instance stuck -p COUNT=1");
  expect([update.code, update.stderr]).toEqual([0, ""]);
});

test("rendered without a cluster, a template that reads facts is named and left out", async () => {
  const { code, stdout, stderr } = await kplan("package render $PKG");
  expect(code).toBe(0);
  expect(stdout).toContain("kind: StatefulSet");
  expect(stdout).not.toContain("-note");
  const why = "not rendered: it depends on what task found finds out";
  expect(stderr).toBe(`templates/note.yaml:1:1: warning: ${why}\n`);
});

test("the record of an act that says something about claims stays as long as they do", async () => {
  const claims = packageFolder({
    ...FILES,
    "operator.yaml": OPERATOR.replace("lifetime: instance", "lifetime: claims"),
    "templates/config.yaml": null,
  });
  const install = `install ${claims} --instance kept`;
  expect((await kplan(install)).code).toBe(0);
  const before = await configMap("kept-founded");
  expect((await kplan("uninstall --instance kept")).code).toBe(0);
  expect((await configMap("kept-founded"))?.data).toEqual(before?.data);
  const refused = await kplan(install);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("--reuse-claims")]);
  expect((await kplan(`${install} --reuse-claims`)).code).toBe(0);
  expect((await configMap("kept-founded"))?.data).toEqual(before?.data);
  expect((await kplan("uninstall --instance kept --delete-claims")).code).toBe(0);
  expect(await configMap("kept-founded")).toBeUndefined();
});

test("a simulated cluster without answers goes through, and says what it did not evaluate", async () => {
  const silent = packageFolder({
    ...FILES,
    "operator.yaml": OPERATOR.replace(
      "when: Facts.look.exists(one, one.ordinal == 1)",
      "when: size(Facts.look) > 0",
    ),
    "templates/config.yaml": null,
    "tests/simulate.yaml": null,
  });
  const { code, stdout, stderr } = await kplan(`install ${silent} --instance silent`);
  expect([code, stdout]).toEqual([0, expect.stringContaining("deploy COMPLETE")]);
  expect(stderr.split("\n").filter(Boolean)).toEqual([
    "warning: task found: not evaluated (simulated)",
    "warning: task look: not evaluated (simulated)",
    "warning: when of note: not evaluated (simulated)",
  ]);
  expect((await configMap("silent-founded"))?.data).toMatchObject({ state: "begun" });
});
