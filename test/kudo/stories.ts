import { configMap, gone, instance, planStatus, type Story, seen } from "./story.ts";

const RBAC = "rbac.authorization.k8s.io/v1";
const CRD = "apiextensions.k8s.io/v1";

/** One story for each package. */
export const STORIES: readonly Story[] = [
  {
    name: "hello: the smallest, with the YAML of old operators; every change runs deploy",
    scenes: [
      {
        run: "install @hello",
        sees: [
          configMap("hello-instance-words", {
            greeting: "HELLO, WORLD",
            budget: "1e+06",
            version: "1.1/0.2.0",
          }),
          seen("apps/v1", "Deployment", "hello-instance", {
            metadata: {
              labels: {
                heritage: "kudo",
                "kudo.dev/operator": "hello",
                "kudo.dev/instance": "hello-instance",
              },
              annotations: {
                "kudo.dev/plan": "deploy",
                "kudo.dev/phase": "deploy",
                "kudo.dev/step": "deploy",
              },
            },
            spec: {
              replicas: 2,
              template: {
                metadata: { annotations: { "kudo.dev/operator-version": "0.2.0" } },
              },
            },
            status: { readyReplicas: 2 },
          }),
          instance("hello-instance", {
            metadata: { labels: { "kudo.dev/operator": "hello" } },
            spec: { operatorVersion: { name: "hello-1.1-0.2.0" } },
          }),
          planStatus("hello-instance", { deploy: "COMPLETE" }),
        ],
      },
      {
        run: "update --instance hello-instance -p NODE_COUNT=3 -p LOUD=false -p BUDGET=1000000",
        sees: [
          configMap("hello-instance-words", { greeting: "hello, world", budget: "1000000" }),
          seen("apps/v1", "Deployment", "hello-instance", { status: { readyReplicas: 3 } }),
          instance("hello-instance", { spec: { parameters: { NODE_COUNT: "3" } } }),
        ],
      },
      { run: "update --instance hello-instance -p NOBODY=1", code: 2, says: /NOBODY/ },
      {
        run: "uninstall --instance hello-instance",
        sees: [
          gone("hello-instance"),
          configMap("hello-instance-words", "absent"),
          seen("apps/v1", "Deployment", "hello-instance", "absent"),
        ],
      },
    ],
  },
  {
    name: "web: arrays, maps, enums, immutable ones; update and upgrade plans",
    scenes: [
      { run: "install @web-1.0", code: 2, says: /PAGE/ },
      { run: "install @web-1.0 -p PAGE=hi -p LEVEL=loud", code: 2, says: /LEVEL/ },
      {
        run: "install @web-1.0 --instance site -p 'PAGE=hello there'",
        sees: [
          configMap("site-site", { "index.html": "hello there\n", level: "info", zone: "a" }),
          seen("v1", "Service", "site-hs", {
            spec: {
              clusterIP: "None",
              ports: [
                { name: "port-0", port: 8080 },
                { name: "port-1", port: 9090 },
              ],
            },
          }),
          seen("apps/v1", "StatefulSet", "site", {
            metadata: { labels: { tier: "front", Team: "core", key9: "a", key10: "b" } },
            status: { readyReplicas: 2 },
          }),
          // The default of what cannot change is kept with the instance.
          instance("site", { spec: { parameters: { PAGE: "hello there", ZONE: "a" } } }),
        ],
      },
      {
        run: "update --instance site -p REPLICAS=3",
        sees: [
          seen("apps/v1", "StatefulSet", "site", {
            metadata: { annotations: { "kudo.dev/plan": "scale" } },
            status: { readyReplicas: 3 },
          }),
          planStatus("site", { scale: "COMPLETE", deploy: "COMPLETE" }),
        ],
      },
      {
        run: "update --instance site -p LEVEL=debug",
        sees: [
          configMap("site-site", { level: "debug" }),
          planStatus("site", { update: "COMPLETE" }),
        ],
      },
      {
        run: "update --instance site -p ZONE=b",
        code: 2,
        says: /ZONE.*immutable|immutable.*ZONE/s,
      },
      { run: "update --instance site -p REPLICAS=many", code: 2, says: /REPLICAS/ },
      { run: "update --instance site -p PORTS=80", code: 2, says: /PORTS/ },
      {
        run: "update --instance site -p 'PORTS=[8080, 9090, 7070]'",
        sees: [
          seen("apps/v1", "StatefulSet", "site", {
            spec: {
              template: {
                spec: {
                  containers: [
                    {
                      ports: [
                        { containerPort: 8080 },
                        { containerPort: 9090 },
                        { containerPort: 7070 },
                      ],
                    },
                  ],
                },
              },
            },
            status: { readyReplicas: 3 },
          }),
        ],
      },
      // A required parameter, and an immutable one, that the new version brings.
      { run: "upgrade @web-1.1 --instance site", code: 2, says: /REGION/ },
      { run: "upgrade @web-1.1 --instance site -p REGION=north", code: 2, says: /OWNER/ },
      {
        run: "upgrade @web-1.1 --instance site -p REGION=north -p OWNER=me",
        sees: [
          configMap("site-announcement", {
            text: "site runs upgrade of announce/announce in north for me",
          }),
          instance("site", { spec: { operatorVersion: { name: "web-2.4-1.1.0" } } }),
          planStatus("site", { upgrade: "COMPLETE" }),
          seen("apps/v1", "StatefulSet", "site", {
            spec: {
              template: {
                metadata: { annotations: { "kudo.dev/operator-version": "1.1.0" } },
              },
            },
            status: { readyReplicas: 3 },
          }),
        ],
      },
      { run: "upgrade @web-1.0 --instance site", code: 2 },
      { run: "plan status --instance site", says: /upgrade \(serial strategy\) \[COMPLETE\]/ },
      {
        run: "uninstall --instance site",
        sees: [gone("site"), configMap("site-announcement", "absent")],
      },
    ],
  },
  {
    name: "certs: files of a pod become a Secret and ConfigMaps, also for a plan that has no Pipe",
    scenes: [
      {
        run: "install @certs --pipe-image busybox:1.28",
        sees: [
          seen("v1", "Secret", "certsinstance.deploy.certificates.generate.genfiles.tls", {
            type: "Opaque",
            data: { "tls.key": "a2V5IG9mIHNlc2FtZQo=" },
          }),
          configMap("certsinstance.deploy.certificates.generate.genfiles.settings", {
            enemies: "aliens",
            lives: "3",
            allowed: '"true"',
          }),
          seen("v1", "ConfigMap", "certsinstance.deploy.certificates.generate.genfiles.logofile", {
            binaryData: { "logo.bin": "AQI=" },
          }),
          seen("v1", "Pod", "certsinstance.deploy.certificates.generate.genfiles.pipepod", "going"),
          seen("apps/v1", "StatefulSet", "certs-instance", { status: { readyReplicas: 1 } }),
        ],
      },
      {
        run: "update --instance certs-instance -p COLOR=blue",
        sees: [
          planStatus("certs-instance", { restyle: "COMPLETE" }),
          seen("apps/v1", "StatefulSet", "certs-instance", {
            spec: {
              template: { spec: { containers: [{ env: [{ name: "COLOR", value: "blue" }] }] } },
            },
            status: { readyReplicas: 1 },
          }),
        ],
      },
      {
        run: "uninstall --instance certs-instance",
        sees: [
          gone("certs-instance"),
          configMap("certsinstance.deploy.certificates.generate.genfiles.settings", "absent"),
        ],
      },
    ],
  },
  {
    name: "switch: Toggle on and off, Dummy, plans of nothing",
    scenes: [
      {
        // The kind of a toggled-off object is not known to the server.
        run: "install @switch",
        sees: [
          configMap("switch-instance-base", { disk: "10Gi", monitoring: "told" }),
          configMap("switch-instance-extra", { plan: "deploy" }),
          configMap("switch-instance-extra-2", { step: "extra" }),
        ],
      },
      {
        run: "update --instance switch-instance -p EXTRA=false",
        sees: [
          configMap("switch-instance-extra", "absent"),
          configMap("switch-instance-extra-2", "absent"),
          planStatus("switch-instance", { extra: "COMPLETE" }),
        ],
      },
      {
        run: "update --instance switch-instance -p EXTRA=T",
        sees: [configMap("switch-instance-extra", { plan: "extra" })],
      },
      {
        run: "update --instance switch-instance -p MONITORING=perhaps",
        code: 2,
        says: /MONITORING/,
      },
      {
        run: "plan trigger empty --instance switch-instance",
        sees: [planStatus("switch-instance", { empty: "COMPLETE" })],
      },
      {
        run: "update --instance switch-instance -p DISK=20Gi",
        code: 1,
        says: /dummy error/i,
        sees: [planStatus("switch-instance", { "not-allowed": "FATAL_ERROR" })],
      },
      { run: "uninstall --instance switch-instance", sees: [gone("switch-instance")] },
    ],
  },
  {
    name: "queue: a definition before its objects, cluster-scoped rights, a cleanup plan",
    scenes: [
      {
        run: "install @queue --instance q",
        sees: [
          seen(CRD, "CustomResourceDefinition", "queues.kudo.kplan.test", {
            status: { acceptedNames: { kind: "Queue" } },
          }),
          seen("kudo.kplan.test/v1", "Queue", "q-mail", {
            spec: { size: 10, options: { retry: true } },
          }),
          seen("kudo.kplan.test/v1", "Queue", "q-print", { spec: { size: 2_500_000 } }),
          seen(RBAC, "ClusterRole", "{ns}-q", { metadata: { labels: { heritage: "kudo" } } }),
        ],
      },
      {
        run: "update --instance q -p 'QUEUES=[{name: mail, size: 11, options: {retry: false}}]'",
        sees: [seen("kudo.kplan.test/v1", "Queue", "q-mail", { spec: { size: 11 } })],
      },
      {
        run: "uninstall --instance q",
        sees: [
          gone("q"),
          seen(RBAC, "ClusterRole", "{ns}-q", "absent"),
          seen(RBAC, "ClusterRoleBinding", "{ns}-q", "absent"),
          seen(CRD, "CustomResourceDefinition", "queues.kudo.kplan.test", "absent"),
        ],
      },
    ],
  },
  {
    name: "legacy: versions of the API that current servers do not serve",
    scenes: [
      {
        run: "install @legacy --instance old",
        sees: [
          seen(CRD, "CustomResourceDefinition", "gadgets.legacy.kplan.test", {
            spec: { versions: [{ name: "v1beta1", served: true, storage: true }] },
          }),
          seen("legacy.kplan.test/v1beta1", "Gadget", "old", { spec: { size: 3 } }),
          seen(RBAC, "RoleBinding", "old", { subjects: [{ name: "old" }] }),
        ],
      },
      {
        run: "uninstall --instance old",
        sees: [
          gone("old"),
          seen(CRD, "CustomResourceDefinition", "gadgets.legacy.kplan.test", "absent"),
        ],
      },
    ],
  },
  {
    name: "batch: Jobs of several completions, applied and deleted again by each plan",
    scenes: [
      {
        run: "install @batch --instance b",
        sees: [
          configMap("b-data", { size: "0.25" }),
          seen("batch/v1", "Job", "b-deploy", "absent"),
        ],
      },
      {
        run: "update --instance b -p BACKUP=monday",
        sees: [
          seen("batch/v1", "Job", "b-backup", "absent"),
          planStatus("b", { backup: "COMPLETE", deploy: "COMPLETE" }),
        ],
      },
      {
        run: "plan trigger --instance b restore",
        sees: [planStatus("b", { restore: "COMPLETE" })],
      },
      { run: "update --instance b -p SIZE=much", code: 2, says: /SIZE/ },
      { run: "uninstall --instance b", sees: [gone("b"), configMap("b-data", "absent")] },
    ],
  },
  {
    name: "stack: operators that install operators, three deep",
    scenes: [
      {
        run: "install @stack --instance top",
        sees: [
          instance("top-app", {
            metadata: { labels: { "kudo.dev/operator": "app" } },
            spec: {
              operatorVersion: { name: "app-2.0.0-0.3.0" },
              parameters: { WORD: "first of top", TAGS: "- a\n- b\n", SIZE: "3" },
            },
          }),
          instance("top-app-store", {
            spec: {
              operatorVersion: { name: "store-0.5.0" },
              parameters: { KEYS: "a,b", SIZE: "3" },
            },
          }),
          instance("spare", { spec: { operatorVersion: { name: "store-0.5.0" } } }),
          configMap("top-note", { word: "first" }),
          configMap("top-app-config", { word: "first of top", tags: "<a><b>" }),
          configMap("top-app-store-data", { keys: "a,b", size: "3" }),
          configMap("spare-data", { keys: "none", size: "1" }),
          planStatus("top-app-store", { deploy: "COMPLETE" }),
        ],
      },
      {
        run: "update --instance top -p WORD=second -p TAGS=[c]",
        sees: [
          configMap("top-app-config", { word: "second of top", tags: "<c>" }),
          configMap("top-app-store-data", { keys: "c" }),
          configMap("spare-data", { keys: "none" }),
        ],
      },
      {
        run: "uninstall --instance top",
        sees: [
          gone("top"),
          gone("top-app"),
          gone("top-app-store"),
          gone("spare"),
          configMap("top-app-store-data", "absent"),
          configMap("spare-data", "absent"),
        ],
      },
    ],
  },
  {
    name: "wide: everything that templates can do",
    scenes: [
      {
        run: "install @wide",
        sees: [
          configMap("wide-instance-rack-left", {
            nodes: "wide-instance-0,wide-instance-1",
            index: "0",
            seeds: "[0 1]",
          }),
          configMap("wide-instance-rack-right", {
            nodes: "wide-instance-2,wide-instance-3,wide-instance-4",
            seeds: "none",
          }),
          configMap("wide-instance-shared", {
            heap: "2.147483648e+09",
            ratio: "0.75",
            flags: "-a -b",
            tolerations: "none",
            options:
              'flags:\n- -a\n- -b\nheap:\n  ratio: 0.75\n  size: 2.147483648e+09\n"on": "yes"\ntext: |\n  multi\n  line\n',
          }),
          configMap("wide-instance-numbers", {
            quorum: "3",
            double: "10",
            bounds: "3..5",
            list: "[0 1 2] [1 two 3.5] map[a:2 b:1]",
            float: '003.1|ff|"a"|true|int',
            compare: "many",
            newer: "true",
          }),
          configMap("wide-instance-maintenance", "absent"),
          seen("v1", "Secret", "wide-instance-texts", {
            data: {
              password: "czNzYW1l",
              words: base64("ÄRGER-IM-BÜRO"),
              back: base64("sesame"),
              cut: base64("s-3same"),
              chosen: base64("yes"),
              raw: base64("{{ untouched }}"),
            },
          }),
        ],
      },
      {
        run: "update --instance wide-instance -p MAINTENANCE=true -p 'TOLERATIONS=[x]' -p 'OPTIONS={heap: {size: 1, ratio: 2}, flags: []}'",
        sees: [
          configMap("wide-instance-shared", { tolerations: "x", heap: "1", flags: "" }),
          seen("v1", "ConfigMap", "wide-instance-maintenance", {}),
        ],
      },
      // A path that is not there is an error of the run, whose objects stay.
      { run: "update --instance wide-instance -p 'OPTIONS={a: b}'", code: 2, says: /heap/ },
      { run: "uninstall --instance wide-instance", sees: [gone("wide-instance")] },
    ],
  },
  {
    name: "tenant: a namespace made by the operator's manifest, rights of its own, a required parameter",
    scenes: [
      { run: "install @tenant", code: 2, says: /TEAM/ },
      {
        run: "install @tenant -n {ns}-made --create-namespace -p TEAM=blue",
        sees: [
          seen("v1", "Namespace", "{ns}-made", {
            metadata: {
              // D-14: defaults count too.
              labels: { team: "blue", "cost-centre": "4711" },
              annotations: {
                "made-for": "tenant-instance of tenant",
                "created-by": "kudo-cli",
              },
            },
          }),
        ],
      },
      // A namespace that is there is no error for kplan: an install that was killed is given again.
      {
        run: "install @tenant -n {ns}-made --create-namespace -p TEAM=red --instance two",
        sees: [
          seen("v1", "Namespace", "{ns}-made", {
            metadata: { labels: { team: "blue", "cost-centre": "4711" } },
          }),
        ],
      },
      { run: "uninstall -n {ns}-made --instance two" },
      { run: "uninstall -n {ns}-made --instance tenant-instance" },
      {
        run: "install @tenant -p TEAM=green",
        sees: [
          seen("v1", "Pod", "tenant-instance", {
            spec: { serviceAccountName: "tenant-instance" },
            status: { phase: "Running" },
          }),
        ],
      },
      {
        run: "uninstall --instance tenant-instance",
        sees: [gone("tenant-instance"), seen("v1", "Pod", "tenant-instance", "absent")],
      },
    ],
  },
  {
    name: "vault: Secrets that restart pods, claims, parameters that become immutable",
    scenes: [
      {
        run: "install @vault-1.0 --instance v",
        sees: [
          seen("v1", "Secret", "v-key", { data: { key: base64("opensesame") } }),
          seen("apps/v1", "StatefulSet", "v", { status: { readyReplicas: 1 } }),
          seen("v1", "PersistentVolumeClaim", "data-v-0", {
            metadata: { labels: { "kudo.dev/instance": "v" } },
          }),
          instance("v", { spec: { parameters: { MODE: "file" } } }),
        ],
      },
      {
        run: "update --instance v -p KEY=other",
        sees: [
          seen("v1", "Secret", "v-key", { data: { key: base64("other") } }),
          seen("apps/v1", "StatefulSet", "v", {
            metadata: { annotations: { "kudo.dev/plan": "rotate" } },
            status: { readyReplicas: 1 },
          }),
        ],
      },
      // SEALED becomes immutable, so that it must have been given.
      { run: "upgrade @vault-1.1 --instance v", code: 2, says: /SEALED/ },
      {
        run: "upgrade @vault-1.1 --instance v -p SEALED=false",
        sees: [
          instance("v", {
            spec: { operatorVersion: { name: "vault-1-1.1.0" }, parameters: { SEALED: "false" } },
          }),
          seen("apps/v1", "StatefulSet", "v", {
            spec: {
              template: { metadata: { annotations: { "kudo.dev/operator-version": "1.1.0" } } },
            },
            status: { readyReplicas: 1 },
          }),
        ],
      },
      { run: "plan trigger mark --instance v", sees: [configMap("v-mark", { when: "mark" })] },
      {
        run: "uninstall --instance v --delete-claims",
        sees: [gone("v"), seen("v1", "PersistentVolumeClaim", "data-v-0", "absent")],
      },
    ],
  },
  {
    name: "yaml11: words and numbers of YAML 1.1",
    scenes: [
      {
        run: "install @yaml11",
        sees: [
          configMap("yaml11-instance-values", {
            false: "false",
            octal: "8",
            thousand: "1000",
            exponent: "1000",
            million: "1e+06",
            tiny: "1e-05",
            time: "12:30",
            date: "2020-01-02",
            nothing: "<>",
            list: "[80 443]",
            map: "map[a:1]",
            typed: "[80 1e+06 true] 1e+06",
            versions: "8 1",
            place: "true.1",
          }),
          planStatus("yaml11-instance", { deploy: "COMPLETE" }),
        ],
      },
      { run: "uninstall --instance yaml11-instance", sees: [gone("yaml11-instance")] },
    ],
  },
  {
    name: "plain: a plan of nothing is complete at once",
    scenes: [
      { run: "install @plain", sees: [planStatus("plain-instance", { deploy: "COMPLETE" })] },
      { run: "uninstall --instance plain-instance", sees: [gone("plain-instance")] },
    ],
  },
];

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
