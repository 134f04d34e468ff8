/** A package in KUDO's dialect with most kinds of objects: configuration and a Secret that pods use, claims, a Job, a role outside of namespaces. */
export const SHOP: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: shop
operatorVersion: "0.1.0"
appVersion: "5.7"
tasks:
  - {name: base, kind: Apply, spec: {resources: [config.yaml, secret.yaml, role.yaml, claim.yaml]}}
  - {name: service, kind: Apply, spec: {resources: [service.yaml]}}
  - {name: set, kind: Apply, spec: {resources: [set.yaml]}}
  - {name: web, kind: Apply, spec: {resources: [web.yaml, web-config.yaml]}}
  - {name: init, kind: Apply, spec: {resources: [init.yaml]}}
  - {name: note, kind: Apply, spec: {resources: [note.yaml]}}
plans:
  deploy:
    strategy: serial
    phases:
      - name: main
        strategy: serial
        steps:
          - {name: base, tasks: [base, service]}
          - {name: set, tasks: [set]}
          - {name: init, tasks: [init]}
      - name: web
        strategy: serial
        steps:
          - {name: web, tasks: [web]}
  scale:
    strategy: serial
    phases: [{name: scale, strategy: serial, steps: [{name: set, tasks: [set]}]}]
  backup:
    strategy: serial
    phases: [{name: backup, strategy: serial, steps: [{name: note, tasks: [note]}]}]
  cleanup:
    strategy: serial
    phases: [{name: cleanup, strategy: serial, steps: [{name: note, tasks: [note]}]}]
`,
  "params.yaml": `apiVersion: kudo.dev/v1beta1
parameters:
  - {name: COUNT, default: "2", trigger: scale}
  - {name: COLOR, default: red}
  - {name: BACKUP, default: none, trigger: backup}
  - {name: ZONE, default: a, immutable: true}
  - {name: LABELS, type: map, default: {a: b}}
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}-config"}
data:
  color: {{ .Params.COLOR }}
  zone: {{ .Params.ZONE }}
`,
  "templates/web-config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}-web"}
data: {color: "{{ .Params.COLOR }}"}
`,
  "templates/secret.yaml": `apiVersion: v1
kind: Secret
metadata: {name: "{{ .Name }}-key"}
stringData: {key: hunter2}
`,
  "templates/role.yaml": `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "{{ .Namespace }}-{{ .Name }}"}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
`,
  "templates/claim.yaml": `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: "{{ .Name }}-backup"}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  "templates/service.yaml": `apiVersion: v1
kind: Service
metadata: {name: "{{ .Name }}-hs"}
spec:
  clusterIP: None
  selector: {app: "{{ .Name }}"}
  ports: [{name: db, port: 3306}]
`,
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{ .Name }}-db"}
spec:
  serviceName: {{ .Name }}-hs
  replicas: {{ .Params.COUNT }}
  selector: {matchLabels: {app: "{{ .Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Name }}"}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: db
          image: busybox:1.28
          command: [sleep, "100000"]
          volumeMounts: [{name: config, mountPath: /config}, {name: key, mountPath: /key}, {name: data, mountPath: /data}]
      volumes:
        - {name: config, configMap: {name: "{{ .Name }}-config"}}
        - {name: key, secret: {secretName: "{{ .Name }}-key"}}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  "templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Name }}-web"}
spec:
  replicas: 1
  selector: {matchLabels: {app: "{{ .Name }}-web"}}
  template:
    metadata: {labels: {app: "{{ .Name }}-web"}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: busybox:1.28
          command: [sleep, "100000"]
          env: [{name: OLD, value: "1"}, {name: COLOR, value: fixed}]
          volumeMounts: [{name: config, mountPath: /config}]
        - {name: extra, image: "busybox:1.28", command: [sleep, "100000"]}
      volumes: [{name: config, configMap: {name: "{{ .Name }}-web"}}]
`,
  "templates/init.yaml": `apiVersion: batch/v1
kind: Job
metadata: {name: "{{ .Name }}-init"}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: init, image: "busybox:1.28", command: ["true"]}]
`,
  "templates/note.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}-note-{{ .PlanName }}"}
data: {backup: "{{ .Params.BACKUP }}"}
`,
};

/** The next version: a container and a variable are gone, as are an annotation and a key. */
export const SHOP_NEXT: Readonly<Record<string, string>> = {
  ...SHOP,
  "operator.yaml": (SHOP["operator.yaml"] ?? "").replace('"0.1.0"', '"0.2.0"'),
  "templates/config.yaml": (SHOP["templates/config.yaml"] ?? "").replace(/ {2}zone:.*\n/, ""),
  "templates/web.yaml": (SHOP["templates/web.yaml"] ?? "")
    .replace('{name: OLD, value: "1"}, ', "")
    .replace(/ {8}- \{name: extra.*\n/, ""),
};
