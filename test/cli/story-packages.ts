/** A package with everything that a story needs and nothing that takes time: two phases, a clean-up, a plan that does nothing and one that fails. */
export const DEMO: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
appVersion: "1.0"
description: Keeps a text
tasks:
  - name: config
    kind: Apply
    spec:
      resources: [config.yaml]
  - name: serve
    kind: Apply
    spec:
      resources: [service.yaml, account.yaml]
  - name: forget
    kind: Delete
    spec:
      resources: [service.yaml]
  - name: nothing
    kind: Dummy
    spec: {}
  - name: fails
    kind: Dummy
    spec:
      wantErr: true
      fatal: true
plans:
  deploy:
    phases:
      - name: settings
        steps:
          - name: config
            tasks: [config]
      - name: network
        strategy: parallel
        steps:
          - name: serve
            tasks: [serve]
          - name: nothing
            tasks: [nothing]
  update:
    phases:
      - name: settings
        steps:
          - name: config
            tasks: [config]
  smoke:
    phases:
      - name: smoke
        steps:
          - name: nothing
            tasks: [nothing]
  broken:
    phases:
      - name: broken
        steps:
          - name: fails
            tasks: [fails]
  cleanup:
    phases:
      - name: network
        steps:
          - name: forget
            tasks: [forget]
`,
  "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - name: COUNT
    type: integer
    default: 3
    trigger: update
  - name: COLOR
    type: string
    default: red
    enum: [red, green]
  - name: PASSWORD
    type: secret
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{Name}}-config
data:
  count: {{quote Params.COUNT}}
  color: {{Params.COLOR}}
  password: {{Params.PASSWORD.name}}/{{Params.PASSWORD.key}}
`,
  "templates/service.yaml": `apiVersion: v1
kind: Service
metadata:
  name: {{Name}}-hs
spec:
  clusterIP: None
  selector:
    app: {{Name}}
  ports:
    - port: 80
`,
  "templates/account.yaml": `apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{Name}}-account
`,
};

const UPGRADE_PLAN = `  upgrade:
    phases:
      - name: settings
        steps:
          - name: config
            tasks: [config]
  smoke:
`;

/** Its next version: another setting, and a plan for the way there. */
export const DEMO_NEXT: Readonly<Record<string, string>> = {
  ...DEMO,
  "operator.yaml": (DEMO["operator.yaml"] ?? "")
    .replace("operatorVersion: 0.1.0", "operatorVersion: 0.2.0")
    .replace("  smoke:\n", UPGRADE_PLAN),
  "templates/config.yaml": `${DEMO["templates/config.yaml"]}  shape: round\n`,
};

/** Three mistakes in three files. */
export const BROKEN: Readonly<Record<string, string>> = {
  ...DEMO,
  "operator.yaml": (DEMO["operator.yaml"] ?? "").replace("tasks: [serve]", "tasks: [serv]"),
  "params.yaml": (DEMO["params.yaml"] ?? "").replace("trigger: update", "trigger: updat"),
  "templates/config.yaml": (DEMO["templates/config.yaml"] ?? "").replace(
    "Params.COLOR",
    "Params.COLOUR",
  ),
};
