import { packageFolder } from "../../support/package-folder.ts";

/** A package of small things of every kind that kplan waits for: a setting, a secret, a Service, a Deployment, a StatefulSet that grows pod by pod, a Job. */
const SMALL: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: small
operatorVersion: 0.1.0
tasks:
  - name: settings
    kind: Apply
    spec:
      resources: [config.yaml, account.yaml]
  - name: network
    kind: Apply
    spec:
      resources: [service.yaml]
  - name: job
    kind: Apply
    spec:
      resources: [job.yaml]
  - name: workers
    kind: Apply
    spec:
      resources: [deployment.yaml]
  - name: members
    kind: Apply
    spec:
      resources: [statefulset.yaml]
  - name: job-gone
    kind: Delete
    spec:
      resources: [job.yaml]
plans:
  deploy:
    phases:
      - name: before
        steps:
          - name: settings
            tasks: [settings]
          - name: job
            tasks: [job]
      - name: pods
        strategy: parallel
        steps:
          - name: network
            tasks: [network]
          - name: workers
            tasks: [workers]
          - name: members
            tasks: [members]
            rollout: {}
      - name: after
        steps:
          - name: job-gone
            tasks: [job-gone]
  update:
    phases:
      - name: settings
        steps:
          - name: settings
            tasks: [settings]
      - name: pods
        steps:
          - name: workers
            tasks: [workers]
          - name: members
            tasks: [members]
            rollout: {}
  cleanup:
    phases:
      - name: network
        steps:
          - name: job-gone
            tasks: [job-gone]
`,
  "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - name: COUNT
    type: integer
    default: 2
    trigger: update
  - name: COLOR
    default: red
    trigger: update
  - name: PASSWORD
    type: secret
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{Name}}-config
data:
  color: {{Params.COLOR}}
  password: {{Params.PASSWORD.name}}/{{Params.PASSWORD.key}}
`,
  "templates/account.yaml": `apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{Name}}-account
`,
  "templates/service.yaml": `apiVersion: v1
kind: Service
metadata:
  name: {{Name}}-hs
spec:
  clusterIP: None
  selector:
    app: {{Name}}-member
  ports:
    - port: 80
`,
  "templates/job.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: {{Name}}-job
spec:
  template:
    metadata:
      labels:
        app: {{Name}}-job
    spec:
      restartPolicy: OnFailure
      containers:
        - name: main
          image: busybox:1.28
          command: [sh, -c, "true"]
`,
  "templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{Name}}-worker
spec:
  replicas: 1
  selector:
    matchLabels:
      app: {{Name}}-worker
  template:
    metadata:
      labels:
        app: {{Name}}-worker
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: busybox:1.28
          command: [sleep, "100000"]
          env:
            - name: COLOR
              valueFrom:
                configMapKeyRef:
                  name: {{Name}}-config
                  key: color
`,
  "templates/statefulset.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{Name}}-member
spec:
  serviceName: {{Name}}-hs
  replicas: {{Params.COUNT}}
  selector:
    matchLabels:
      app: {{Name}}-member
  template:
    metadata:
      labels:
        app: {{Name}}-member
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: busybox:1.28
          command: [sleep, "100000"]
`,
};

/** Writes the package into a new temporary folder. Gives its path. */
export function smallPackage(): string {
  return packageFolder(SMALL);
}
