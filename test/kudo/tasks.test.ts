import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";

// How tasks of KUDO packages run on the simulated cluster (compat sections 5, 6 and 7.3), played by `package test`.

const OPERATOR = `apiVersion: kudo.dev/v1beta1
name: shop
operatorVersion: "0.1.0"
kubernetesVersion: 1.16.0
tasks:
  - {name: gen_files, kind: Pipe, spec: {pod: pod.yaml, pipe: [{file: /tmp/tls.key, kind: Secret, key: tls}, {envFile: /tmp/env, kind: ConfigMap, key: env}]}}
  - {name: set, kind: Apply, spec: {resources: [set.yaml]}}
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: daemon, kind: Apply, spec: {resources: [daemon.yaml]}}
  - {name: extra, kind: Toggle, spec: {resources: [extra.yaml], parameter: EXTRA}}
  - {name: gone, kind: Delete, spec: {resources: [gone.yaml, unknown.yaml]}}
  - {name: wait, kind: Dummy, spec: {done: false}}
  - {name: nothing, kind: Dummy, spec: {done: true}}
plans:
  deploy:
    strategy: serial
    phases:
      - {name: files, strategy: serial, steps: [{name: files, tasks: [gen_files]}]}
      - name: main
        strategy: serial
        steps:
          - {name: set, tasks: [set, config, extra, daemon]}
          - {name: gone, tasks: [gone]}
          - {name: nothing, tasks: []}
      - {name: main, strategy: serial, steps: [{name: never, tasks: [wait]}]}
  restart:
    strategy: serial
    phases: [{name: set, strategy: serial, steps: [{name: set, tasks: [set]}]}]
  toggle:
    phases: [{name: extra, steps: [{name: extra, tasks: [extra]}]}]
  waits:
    phases: [{name: wait, steps: [{name: wait, tasks: [nothing, wait]}]}]
  empty: {}
`;

const FILES: Readonly<Record<string, string>> = {
  "operator.yaml": OPERATOR,
  "params.yaml": `apiVersion: kudo.dev/v1beta1
parameters:
  - {name: EXTRA, type: boolean, default: true, trigger: toggle}
  - {name: COUNT, type: integer, default: 1, trigger: restart}
`,
  // As in KUDO's documentation: a pod of no name.
  "templates/pod.yaml": `apiVersion: v1
kind: Pod
spec:
  volumes: [{name: shared, emptyDir: {}}]
  initContainers:
    - {name: make, image: openssl, volumeMounts: [{name: shared, mountPath: /tmp}]}
`,
  // Its pods cannot start before the ConfigMap of a later task of the step.
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{ .Name }}-set"}
spec:
  replicas: {{ .Params.COUNT }}
  serviceName: set
  selector: {matchLabels: {app: set}}
  template:
    metadata: {labels: {app: set}}
    spec:
      containers: [{name: main, image: busybox, volumeMounts: [{name: tls, mountPath: /tls}, {name: config, mountPath: /config}]}]
      volumes:
        - {name: tls, secret: {secretName: "{{ .Pipes.tls }}"}}
        - {name: config, configMap: {name: "{{ .Name }}-config"}}
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}-config"}
data: {count: "{{ .Params.COUNT }}"}
`,
  "templates/daemon.yaml": `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: "{{ .Name }}-daemon"}
spec:
  selector: {matchLabels: {app: daemon}}
  template:
    metadata: {labels: {app: daemon}}
    spec: {containers: [{name: main, image: busybox}]}
`,
  "templates/extra.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}-extra"}
`,
  "templates/gone.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: never-there}
`,
  "templates/unknown.yaml": `apiVersion: monitoring.example.com/v1
kind: Monitor
metadata: {name: x}
`,
  "tests/simulate.yaml": `files:
  - pods: "*.pipepod"
    files: {/tmp/tls.key: "key of $(pod)", /tmp/env: "A=1\\n"}
`,
};

const ARTIFACT = "shopinstance.deploy.files.files.genfiles";

async function play(cases: string, changes: Readonly<Record<string, string>> = {}): Promise<void> {
  const folder = packageFolder({
    ...{ "templates/config.yaml": null, ...FILES, ...changes },
    "tests/cases.yaml": `cases:\n${cases}`,
  });
  const home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  const { code, stdout, stderr } = await cli(["package", "test", folder], { home });
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toMatch(/\d+ passed, 0 failed/);
}

test("a plan of every kind of task: what is never judged blocks nothing, what stands later in the step is there in time", async () => {
  await play(`
  - name: deploys
    pods: [{pods: "*-daemon-*", ready: never}]
    commands:
      - run: install
        expect:
          plans: {deploy: COMPLETE}
          objects:
            - {kind: Secret, metadata: {name: ${ARTIFACT}.tls}, type: Opaque, data: {tls.key: ${Buffer.from(`key of ${ARTIFACT}.pipepod`).toString("base64")}}}
            - {kind: ConfigMap, metadata: {name: ${ARTIFACT}.env}, data: {A: "1"}}
            - {kind: ConfigMap, metadata: {name: shop-instance-extra}}
            - {kind: StatefulSet, metadata: {name: shop-instance-set}, status: {readyReplicas: 1}}
            - kind: Instance
              metadata: {name: shop-instance}
              status: {planStatus: {waits: {status: NEVER_RUN}, empty: {status: NEVER_RUN}}}
          absent: [{kind: Pod, name: ${ARTIFACT}.pipepod}]
      - run: drift
      - run: plan trigger empty
        expect: {plans: {empty: COMPLETE}}
      - run: update -p COUNT=2
        expect: {plans: {restart: COMPLETE}, count: [{kind: Pod, labels: {app: set}, is: 2}]}
      - run: update -p EXTRA=F
        expect: {plans: {toggle: COMPLETE}, absent: [{kind: ConfigMap, name: shop-instance-extra}]}
      - run: drift
      - run: update -p EXTRA=1
        expect: {objects: [{kind: ConfigMap, metadata: {name: shop-instance-extra}}]}
      - run: uninstall
        expect: {count: [{kind: Instance, is: 0}, {kind: StatefulSet, is: 0}, {kind: DaemonSet, is: 0}]}
`);
});

test("a Pipe that is killed goes on with the same pod", async () => {
  await play(`
  - name: killed while the pod starts
    pods: [{pods: "*pipepod", ready: 20s}]
    commands:
      - run: install
        meanwhile: [{after: 10s, kill: true}]
        expect: {exit: killed, objects: [{kind: Pod, metadata: {name: ${ARTIFACT}.pipepod}}]}
      - run: install
        expect: {plans: {deploy: COMPLETE}}
`);
});

test("an init container that crashes is borne a while, and not for ever (D-27)", async () => {
  await play(`
  - name: twice
    pods: [{pods: "*pipepod", initCrashes: 2}]
    commands:
      - run: install
  - name: again and again
    pods: [{pods: "*pipepod", initCrashes: 50}]
    commands:
      - run: install
        expect:
          exit: failed
          says: ["${ARTIFACT}.pipepod, container make crashes", with exit code 1]
      - run: uninstall
        expect: {count: [{kind: Pod, is: 0}, {kind: Secret, is: 0}]}
`);
});

test("a Dummy without done is waited for until the step's time is over, and can be cancelled", async () => {
  await play(`
  - name: waits
    commands:
      - run: install
      - run: plan trigger waits
        meanwhile: [{after: 5s, run: plan cancel}]
        expect: {exit: failed, plans: {waits: FATAL_ERROR}}
      - run: plan trigger waits --stall-timeout 1m
        expect: {exit: timed-out, plans: {waits: FATAL_ERROR}}
`);
});

test("what fails for good says so in KUDO's words where KUDO did", async () => {
  await play(
    `
  - name: fails
    commands:
      - run: install
        expect:
          exit: failed
          says: [can't stat '/tmp/tls.key']
          plans: {deploy: FATAL_ERROR}
          objects:
            - kind: Instance
              metadata: {name: shop-instance}
              status:
                planStatus:
                  deploy:
                    status: FATAL_ERROR
                    phases:
                      - name: files
                        status: FATAL_ERROR
                        steps: [{name: files, status: FATAL_ERROR, message: "Error during execution: fatal error: default/shop-instance failed in deploy.files.files.gen_files: the command in Pod ${ARTIFACT}.pipepod ended with exit code 1: stat: can't stat '/tmp/tls.key': No such file or directory"}]
`,
    { "tests/simulate.yaml": 'files: [{pods: "*.pipepod", files: {}}]' },
  );
});
