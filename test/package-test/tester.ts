import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";

/** A package with two members that need some time. */
export const PAIR: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: pair
operatorVersion: 0.1.0
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: members, kind: Apply, spec: {resources: [members.yaml]}}
plans:
  deploy:
    phases:
      - name: main
        steps:
          - {name: config, tasks: [config]}
          - {name: members, tasks: [members]}
`,
  "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - {name: COUNT, type: integer, default: 2, trigger: deploy}
  - {name: PASSWORD, type: secret, trigger: deploy}
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-config"}
data: {count: "{{Params.COUNT}}", token: "{{randAlphaNum 8}}", secret: "{{Params.PASSWORD.name}}"}
`,
  "templates/members.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}-pair"}
spec:
  serviceName: pair
  replicas: {{Params.COUNT}}
  selector: {matchLabels: {app: pair}}
  template:
    metadata: {labels: {app: pair}}
    spec: {containers: [{name: main, image: busybox}]}
`,
};

/** Runs `package test` on the package with these cases. */
export async function testCases(cases: string, ...options: string[]): Promise<CliResult> {
  const folder = packageFolder({ ...PAIR, "tests/cases.yaml": cases });
  const home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  return await cli(["package", "test", folder, ...options], { home });
}
