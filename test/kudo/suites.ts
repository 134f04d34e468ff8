import { expect } from "vitest";
import { configMap, gone, instance, planStatus, type Scene, type Story, seen } from "./story.ts";

interface Small {
  readonly name: string;
  readonly version?: string;
  /** Of the tasks that are not Apply of the template of their name. */
  readonly tasks?: Readonly<Record<string, object>>;
  /** Steps of the one phase of each plan: the tasks of each. */
  readonly plans: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly params?: readonly object[];
  readonly templates: Readonly<Record<string, string | object>>;
}

/** A package written shortly: JSON is YAML too. */
function pack({ name, version = "0.1.0", tasks = {}, plans, params = [], templates }: Small) {
  const called = [...new Set(Object.values(plans).flat(2))];
  const operator = {
    apiVersion: "kudo.dev/v1beta1",
    name,
    operatorVersion: version,
    kubernetesVersion: "1.16.0",
    tasks: called.map((task) => ({
      name: task,
      ...(tasks[task] ?? { kind: "Apply", spec: { resources: [`${task}.yaml`] } }),
    })),
    plans: Object.fromEntries(
      Object.entries(plans).map(([plan, steps]) => [
        plan,
        {
          strategy: "serial",
          phases: [
            {
              name: "main",
              strategy: "serial",
              steps: steps.map((all, index) => ({ name: `step-${index}`, tasks: all })),
            },
          ],
        },
      ]),
    ),
  };
  const files = Object.entries(templates).map(([key, text]) => [
    `templates/${key}.yaml`,
    typeof text === "string" ? text : JSON.stringify(text),
  ]);
  return {
    "operator.yaml": JSON.stringify(operator),
    "params.yaml": JSON.stringify({ apiVersion: "kudo.dev/v1beta1", parameters: params }),
    ...Object.fromEntries(files),
  };
}

const map = (name: string, data: object) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: `{{ .Name }}-${name}` },
  data,
});
const set = (fields: object, containers: readonly object[] = [busybox("main")]) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "{{ .Name }}" },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "{{ .Name }}" } },
    template: {
      metadata: { labels: { app: "{{ .Name }}" } },
      spec: { terminationGracePeriodSeconds: 1, containers, ...fields },
    },
  },
});
function busybox(name: string, fields: object = {}): object {
  return { name, image: "busybox:1.28", command: ["sleep", "100000"], ...fields };
}
const param = (name: string, fields: object = {}) => ({ name, default: "a", ...fields });
const bye = (name: string): Scene => ({ run: `uninstall --instance ${name}`, sees: [gone(name)] });

/** The instance's plan that ran last stands in its objects. */
const ranBy = (name: string, plan: string, data: Readonly<Record<string, string>> = {}) =>
  seen("v1", "ConfigMap", name, { metadata: { annotations: { "kudo.dev/plan": plan } }, data });

const TRIGGERED = {
  params: [param("X", { trigger: "custom" }), param("Y"), param("Z", { trigger: "other" })],
  templates: { c: map("c", { x: "{{ .Params.X }}", y: "{{ .Params.Y }}", z: "{{ .Params.Z }}" }) },
};
const hashed = (hash: string) =>
  seen("apps/v1", "Deployment", "depop", {
    spec: { template: { metadata: { annotations: { "kudo.dev/dependencies-hash": hash } } } },
  });
const DEPENDENT = pack({
  name: "dep-operator",
  params: [
    param("A", { default: "FancyValue", trigger: "config" }),
    param("B", { default: "OtherFancyValue" }),
    param("WORD", { trigger: "workload" }),
  ],
  plans: { deploy: [["config"], ["workload"]], config: [["config"]], workload: [["workload"]] },
  templates: {
    config: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "configdata" },
      data: { valueA: "{{ .Params.A }}", valueB: "{{ .Params.B }}" },
    },
    workload: set({ volumes: [{ name: "c", configMap: { name: "configdata" } }] }, [
      busybox("main", { env: [{ name: "WORD", value: "{{ .Params.WORD }}" }] }),
    ]),
  },
});

/** What KUDO's own suites prove (compat section 10), each by the name that it has there; what a story of `stories.ts` shows is not shown again. */
export const SUITES: readonly Story[] = [
  {
    name: "10 immutable-client-ip, 4.4 [T]: a Service that is applied again keeps what the server gave it",
    packages: {
      svc: pack({
        name: "svc",
        params: [param("PORT", { default: "80" })],
        plans: { deploy: [["s"]] },
        templates: {
          s: `apiVersion: v1\nkind: Service\nmetadata: {name: "{{ .Name }}"}\nspec:\n  selector: {app: x}\n  ports: [{name: p, port: {{ .Params.PORT }}}]\n`,
        },
      }),
    },
    scenes: [
      {
        run: "install @svc --instance s",
        sees: [seen("v1", "Service", "s", { spec: { ports: [{ port: 80 }] } })],
      },
      {
        run: "update --instance s -p PORT=81",
        sees: [
          seen("v1", "Service", "s", {
            spec: { clusterIP: expectText(/^\d+\.\d+\.\d+\.\d+$/), ports: [{ port: 81 }] },
          }),
        ],
      },
      bye("s"),
    ],
  },
  {
    name: "10 remove-pod-container, 4.4 [T]: what the template drops leaves the object",
    packages: {
      two: pack({
        name: "two",
        params: [param("SIDECAR", { default: "true" })],
        plans: { deploy: [["d"]] },
        templates: {
          d: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Name }}
spec:
  selector: {matchLabels: {app: "{{ .Name }}"}}
  {{- if eq .Params.SIDECAR "true" }}
  minReadySeconds: 1
  {{- end }}
  template:
    metadata: {labels: {app: "{{ .Name }}"}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - {name: main, image: "busybox:1.28", command: [sleep, "100000"]}
        {{- if eq .Params.SIDECAR "true" }}
        - {name: sidecar, image: "busybox:1.28", command: [sleep, "100000"]}
        {{- end }}
`,
        },
      }),
    },
    scenes: [
      {
        run: "install @two --instance t",
        sees: [
          seen("apps/v1", "Deployment", "t", {
            spec: {
              minReadySeconds: 1,
              template: { spec: { containers: [{ name: "main" }, { name: "sidecar" }] } },
            },
          }),
        ],
      },
      {
        run: "update --instance t -p SIDECAR=false",
        sees: [
          seen("apps/v1", "Deployment", "t", {
            spec: { template: { spec: { containers: [{ name: "main" }] } } },
          }),
        ],
      },
      bye("t"),
    ],
  },
  {
    name: "10 instance-controller-param-change-custom-trigger, 7.2 [T]: the plan of the trigger, which may bring untriggered parameters with it",
    packages: {
      p: pack({
        ...TRIGGERED,
        name: "p",
        plans: { deploy: [["c"]], custom: [["c"]], other: [["c"]], update: [["c"]] },
      }),
    },
    scenes: [
      { run: "install @p --instance p", sees: [ranBy("p-c", "deploy")] },
      { run: "update --instance p -p X=b", sees: [ranBy("p-c", "custom", { x: "b" })] },
      {
        run: "update --instance p -p X=c -p Y=c",
        sees: [ranBy("p-c", "custom", { x: "c", y: "c" }), planStatus("p", { custom: "COMPLETE" })],
      },
      // KUDO denies what has two triggers; here both plans run, in the order of the package, the second with nothing left to write.
      {
        run: "update --instance p -p X=d -p Z=d",
        sees: [
          ranBy("p-c", "custom", { x: "d", z: "d" }),
          planStatus("p", { custom: "COMPLETE", other: "COMPLETE" }),
        ],
      },
      { run: "update --instance p -p X=d", says: /nothing|already|no change/i },
      bye("p"),
    ],
  },
  {
    name: "10 …-no-trigger: update, where there is such a plan",
    packages: {
      n: pack({
        ...TRIGGERED,
        name: "n",
        plans: { deploy: [["c"]], update: [["c"]], custom: [["c"]], other: [["c"]] },
      }),
    },
    scenes: [
      { run: "install @n --instance n" },
      { run: "update --instance n -p Y=b", sees: [ranBy("n-c", "update", { y: "b" })] },
      { run: "plan trigger update --instance n", sees: [planStatus("n", { update: "COMPLETE" })] },
      bye("n"),
    ],
  },
  {
    name: "10 …-fallback-to-deploy: deploy, where there is no update",
    packages: {
      d: pack({
        ...TRIGGERED,
        name: "d",
        plans: { deploy: [["c"]], custom: [["c"]], other: [["c"]] },
      }),
    },
    scenes: [
      { run: "install @d --instance d" },
      { run: "update --instance d -p Y=b", sees: [ranBy("d-c", "deploy", { y: "b" })] },
      bye("d"),
    ],
  },
  {
    name: "10 update-parameters: the trigger scale, then update for what has none",
    packages: {
      u: pack({
        name: "u",
        params: [
          param("REPLICAS", { default: 1, trigger: "scale" }),
          param("MEMORY", { default: "1Mi" }),
        ],
        plans: { deploy: [["c"]], scale: [["c"]], update: [["c"]] },
        templates: { c: map("c", { r: "{{ .Params.REPLICAS }}", m: "{{ .Params.MEMORY }}" }) },
      }),
    },
    scenes: [
      { run: "install @u --instance u" },
      { run: "update --instance u -p REPLICAS=2", sees: [ranBy("u-c", "scale", { r: "2" })] },
      {
        run: "update --instance u -p MEMORY=2Mi",
        sees: [ranBy("u-c", "update", { m: "2Mi", r: "2" })],
      },
      bye("u"),
    ],
  },
  ...(
    [
      ["instance-controller-upgrade", ["upgrade", "update", "deploy"], "upgrade"],
      ["…-fallback-to-update", ["update", "deploy"], "update"],
      ["…-fallback-to-deploy (of an upgrade)", ["deploy"], "deploy"],
    ] as const
  ).map(([name, plans, ran]): Story => {
    const version = (number: string, all: readonly string[]) =>
      pack({
        name: "v",
        version: number,
        params: number === "0.1.0" ? [] : [param("NEW", { trigger: "deploy" })],
        plans: Object.fromEntries(all.map((plan) => [plan, [["c"]]])),
        templates: { c: map("c", { v: "{{ .OperatorVersion }}" }) },
      });
    return {
      name: `10 ${name}: the first of upgrade, update and deploy of the new version; a parameter that it brings counts for nothing (7.2 [T])`,
      packages: { old: version("0.1.0", ["deploy"]), new: version("0.2.0", plans) },
      scenes: [
        { run: "install @old --instance v" },
        {
          run: "upgrade @new --instance v -p NEW=b",
          sees: [ranBy("v-c", ran, { v: "0.2.0" }), planStatus("v", { [ran]: "COMPLETE" })],
        },
        bye("v"),
      ],
    };
  }),
  {
    name: "10 upgrade, 7.4 [T]: the statuses are those of the new version's phases and steps, old plans are kept",
    packages: {
      old: pack({
        name: "s",
        plans: { deploy: [["c"]], extra: [["c"]] },
        templates: { c: map("c", { a: "1" }) },
      }),
      new: pack({
        name: "s",
        version: "0.2.0",
        plans: { deploy: [["b"], ["c"]] },
        templates: { b: map("b", { a: "1" }), c: map("c", { a: "2" }) },
      }),
    },
    scenes: [
      { run: "install @old --instance s" },
      { run: "plan trigger extra --instance s" },
      {
        run: "upgrade @new --instance s",
        sees: [
          instance("s", {
            status: {
              planStatus: {
                deploy: {
                  status: "COMPLETE",
                  phases: [
                    {
                      name: "main",
                      status: "COMPLETE",
                      steps: [
                        { name: "step-0", status: "COMPLETE" },
                        { name: "step-1", status: "COMPLETE" },
                      ],
                    },
                  ],
                },
                extra: { status: "COMPLETE" },
              },
            },
          }),
        ],
      },
      bye("s"),
    ],
  },
  {
    name: "10 invalid-crd-install, 3.5 [T]: an object of a kind that nobody knows fails, and nothing of its step is applied",
    packages: {
      k: pack({
        name: "k",
        plans: { deploy: [["x"]] },
        templates: {
          x: { apiVersion: "nobody.example.com/v1", kind: "Nothing", metadata: { name: "x" } },
        },
      }),
    },
    scenes: [{ run: "install @k --instance k", code: 2, says: /Nothing/ }],
  },
  {
    name: "10 rendering-error-plan-failed: a name that is not there, found before anything is written",
    packages: {
      r: pack({
        name: "r",
        plans: { deploy: [["c"]] },
        templates: { c: map("c", { a: "{{ .Params.NOBODY }}" }) },
      }),
    },
    scenes: [
      {
        run: "install @r --instance r",
        code: 2,
        says: /map has no entry for key "NOBODY"/,
        sees: [gone("r")],
      },
    ],
  },
  {
    name: "10 step-delete: what is not there may be deleted; what was deleted may come back with another immutable field",
    packages: {
      j: pack({
        name: "j",
        params: [param("WORD")],
        tasks: { gone: { kind: "Delete", spec: { resources: ["job.yaml"] } } },
        plans: { deploy: [["gone"], ["job"]] },
        templates: {
          job: {
            apiVersion: "batch/v1",
            kind: "Job",
            metadata: { name: "{{ .Name }}" },
            spec: {
              template: {
                spec: {
                  restartPolicy: "Never",
                  containers: [busybox("job", { command: ["echo", "{{ .Params.WORD }}"] })],
                },
              },
            },
          },
        },
      }),
    },
    scenes: [
      {
        run: "install @j --instance j",
        sees: [seen("batch/v1", "Job", "j", { status: { succeeded: 1 } })],
      },
      {
        run: "update --instance j -p WORD=b",
        sees: [
          seen("batch/v1", "Job", "j", {
            spec: { template: { spec: { containers: [{ command: ["echo", "b"] }] } } },
            status: { succeeded: 1 },
          }),
        ],
      },
      bye("j"),
    ],
  },
  {
    name: "10 apply-delete-apply: applied, deleted and applied, it is there",
    packages: {
      a: pack({
        name: "a",
        tasks: { gone: { kind: "Delete", spec: { resources: ["c.yaml"] } } },
        plans: { deploy: [["c"], ["gone"], ["c"]], same: [["c", "gone", "c"]] },
        templates: { c: map("c", { step: "{{ .StepName }}" }) },
      }),
    },
    scenes: [
      { run: "install @a --instance a", sees: [configMap("a-c", { step: "step-2" })] },
      bye("a"),
    ],
  },
  {
    name: "10 immutable-parameter and …-with-default: cannot be updated, and its default is stored",
    packages: {
      i: pack({
        name: "i",
        params: [
          param("GIVEN", { immutable: true, required: true, default: undefined }),
          param("OWN", { immutable: true }),
          param("FREE"),
        ],
        plans: { deploy: [["c"]] },
        templates: {
          c: map("c", {
            given: "{{ .Params.GIVEN }}",
            own: "{{ .Params.OWN }}",
            free: "{{ .Params.FREE }}",
          }),
        },
      }),
    },
    scenes: [
      { run: "install @i --instance i", code: 2, says: /GIVEN/, sees: [gone("i")] },
      {
        run: "install @i --instance i -p GIVEN=x",
        sees: [instance("i", { spec: { parameters: { GIVEN: "x", OWN: "a" } } })],
      },
      {
        run: "update --instance i -p GIVEN=y -p FREE=b",
        code: 2,
        says: /GIVEN/,
        sees: [
          configMap("i-c", { given: "x", free: "a" }),
          instance("i", { spec: { parameters: { GIVEN: "x" } } }),
        ],
      },
      { run: "update --instance i -p OWN=b", code: 2, says: /OWN/ },
      {
        run: "update --instance i -p OWN=a -p FREE=b",
        sees: [configMap("i-c", { own: "a", free: "b" })],
      },
      bye("i"),
    ],
  },
  {
    name: "10 plan-trigger: a plan of its own runs, and deploy stays complete",
    packages: {
      t: pack({
        name: "t",
        plans: { deploy: [["c"]], backup: [["b"]], cleanup: [["b"]] },
        templates: { c: map("c", { a: "1" }), b: map("b", { plan: "{{ .PlanName }}" }) },
      }),
    },
    scenes: [
      { run: "install @t --instance t" },
      {
        run: "plan trigger backup --instance t",
        sees: [
          configMap("t-b", { plan: "backup" }),
          planStatus("t", { backup: "COMPLETE", deploy: "COMPLETE" }),
        ],
      },
      { run: "plan trigger nobody --instance t", code: 2, says: /nobody/ },
      { run: "plan trigger cleanup --instance t", code: 2, says: /cleanup/ },
      bye("t"),
    ],
  },
  {
    name: "10 dependencies-hash, 4.3 [T]: pods restart when what they use changed and they are applied again, and only then",
    packages: { dep: DEPENDENT },
    scenes: [
      { run: "install @dep --instance depop", sees: [hashed("6fa812afe527bdb6c9a5fbfcba8193bb")] },
      // Another change of the workload, and of nothing that it uses.
      {
        run: "update --instance depop -p WORD=b",
        sees: [hashed("6fa812afe527bdb6c9a5fbfcba8193bb")],
      },
      // The ConfigMap alone is applied.
      {
        run: "update --instance depop -p A=ChangedValue",
        sees: [
          configMap("configdata", { valueA: "ChangedValue" }),
          hashed("6fa812afe527bdb6c9a5fbfcba8193bb"),
        ],
      },
      {
        run: "update --instance depop -p WORD=c",
        sees: [hashed("da9f56a62d3c4af2596bebace008d845")],
      },
      {
        run: "update --instance depop -p B=SecondChangedValue",
        sees: [hashed("1510654b540619228b477bdd56d44175")],
      },
      bye("depop"),
    ],
  },
  {
    name: "10 terminal-failed-job, 6 [T]: a Job that failed ends the plan",
    packages: {
      f: pack({
        name: "f",
        params: [param("FAILS", { default: "backoff" })],
        plans: { deploy: [["job"]], update: [["job"]] },
        templates: {
          job: `apiVersion: batch/v1
kind: Job
metadata: {name: "{{ .Name }}-{{ .Params.FAILS }}"}
spec:
  backoffLimit: 0
  {{ if eq .Params.FAILS "deadline" }}activeDeadlineSeconds: 2{{ end }}
  template:
    spec:
      restartPolicy: Never
      containers:
        - {name: j, image: "busybox:1.28", command: [sh, -c, '{{ if eq .Params.FAILS "deadline" }}exec sleep 100{{ else }}exit 3{{ end }}']}
`,
        },
      }),
    },
    scenes: [
      {
        real: true,
        run: "install @f --instance f",
        code: 1,
        says: /f-backoff/,
        sees: [planStatus("f", { deploy: "FATAL_ERROR" })],
      },
      {
        real: true,
        run: "update --instance f -p FAILS=deadline",
        code: 1,
        says: /f-deadline/,
        sees: [planStatus("f", { deploy: "FATAL_ERROR" })],
      },
      { real: true, ...bye("f") },
    ],
  },
  {
    name: "10 upgrade-with-dependencies: an operator that the new version needs is installed with it",
    packages: {
      child: pack({
        name: "child",
        params: [param("W")],
        plans: { deploy: [["c"]] },
        templates: { c: map("c", { w: "{{ .Params.W }}" }) },
      }),
      old: pack({
        name: "parent",
        plans: { deploy: [["c"]] },
        templates: { c: map("c", { a: "1" }) },
      }),
      new: pack({
        name: "parent",
        version: "0.2.0",
        params: [param("WORD", { default: "one" })],
        tasks: {
          kid: { kind: "KudoOperator", spec: { package: "../child", parameterFile: "p.yaml" } },
        },
        plans: { deploy: [["c"], ["kid"]] },
        templates: { c: map("c", { a: "2" }), p: "W: {{ .Params.WORD }}\n" },
      }),
    },
    scenes: [
      {
        run: "install @old --instance up",
        sees: [seen("kudo.dev/v1beta1", "Operator", "child", "absent")],
      },
      {
        run: "upgrade @new --instance up",
        sees: [
          seen("kudo.dev/v1beta1", "Operator", "child", {}),
          seen("kudo.dev/v1beta1", "OperatorVersion", "parent-0.2.0", {
            // 5.2 [T]: the task names the operator and its versions.
            spec: { tasks: [{}, { spec: { package: "child", operatorVersion: "0.1.0" } }] },
          }),
          instance("up-child", { spec: { parameters: { W: "one" } } }),
          configMap("up-child-c", { w: "one" }),
          planStatus("up-child", { deploy: "COMPLETE" }),
        ],
      },
      {
        run: "uninstall --instance up",
        sees: [gone("up"), gone("up-child"), configMap("up-child-c", "absent")],
      },
    ],
  },
];

function expectText(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
