import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A small package that is right in every way; cases replace one of its files. */
export const GOOD_PACKAGE: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks:
  - name: config
    kind: Apply
    spec:
      resources: [config.yaml]
plans:
  deploy:
    phases:
      - name: main
        steps:
          - name: config
            tasks: [config]
`,
  "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - name: COUNT
    type: integer
    default: 3
    trigger: deploy
  - name: COLOR
    type: string
    default: red
    enum: [red, green]
    trigger: deploy
  - name: SIZE
    type: string
    default: 1Gi
    immutable: true
  - name: PORTS
    type: array
    default: [80]
    trigger: deploy
  - name: LIMITS
    type: map
    default: {}
    trigger: deploy
  - name: FLAG
    type: boolean
    default: false
    trigger: deploy
  - name: RATIO
    type: number
    default: 0.5
    trigger: deploy
  - name: PASSWORD
    type: secret
    trigger: deploy
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{Name}}-config
data:
  count: {{quote Params.COUNT}}
  color: {{Params.COLOR}}
  size: {{Params.SIZE}}
  ports: {{quote (toJson Params.PORTS)}}
  limits: {{quote (toJson Params.LIMITS)}}
  flag: {{quote Params.FLAG}}
  ratio: {{quote Params.RATIO}}
  password: {{Params.PASSWORD.name}}
`,
};

/** Writes a package into a new temporary folder: the good one with some files replaced, or left out where the text is null. */
export function packageFolder(changes: Readonly<Record<string, string | null>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "kplan-package-"));
  for (const [path, text] of Object.entries({ ...GOOD_PACKAGE, ...changes })) {
    if (text === null) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
