import { expect, test } from "vitest";
import { errorIssue, warningIssue } from "../../../model/issue.ts";
import type { OperatorPackage } from "../../../model/package.ts";
import { allTree } from "./installed-tree.ts";
import { issueTable, issueValues } from "./issue-table.ts";
import { plansTree, taskTable } from "./package-tables.ts";

const ISSUES = [
  errorIssue("e", 'parameter "Cpus" has a duplicate'),
  errorIssue("e", '"operatorVersion" is required and must be semver'),
  warningIssue("w", 'parameter "Cpus" defined but not used.'),
];

test("what verify found: warnings, then errors, each a padded column", () => {
  expect(issueTable(ISSUES)).toBe(
    [
      "Warnings                              ",
      'parameter "Cpus" defined but not used.',
      "Errors                                          ",
      'parameter "Cpus" has a duplicate                ',
      '"operatorVersion" is required and must be semver',
      "",
    ].join("\n"),
  );
  expect(issueTable([])).toBe("package is valid\n");
  expect(issueValues(ISSUES)).toEqual({
    errors: [
      'parameter "Cpus" has a duplicate',
      '"operatorVersion" is required and must be semver',
    ],
    warnings: ['parameter "Cpus" defined but not used.'],
    valid: false,
  });
});

const PACKAGE = {
  dialect: "kudo",
  operator: {
    tasks: [
      { kind: "Apply", name: "infra", resources: ["services.yaml", "pdb.yaml"] },
      { kind: "Toggle", name: "monitor", resources: ["monitor.yaml"], parameter: "MONITOR" },
      { kind: "Pipe", name: "certs", pod: "pod.yaml", pipe: [] },
      { kind: "KudoOperator", name: "child", package: "zookeeper" },
      { kind: "Dummy", name: "nothing", wantErr: false, fatal: false, done: true },
    ],
    plans: [
      {
        name: "deploy",
        strategy: "serial",
        kudoStrategy: "serial",
        phases: [
          {
            name: "zk",
            strategy: "parallel",
            kudoStrategy: "parallel",
            steps: [
              { name: "everything", tasks: ["infra", "monitor"] },
              { name: "rest", tasks: ["certs", "child", "nothing", "absent"] },
            ],
          },
        ],
      },
      { name: "backup", strategy: "parallel", phases: [] },
    ],
  },
} as unknown as OperatorPackage;

test("plans by name, strategies as written, tasks with what they are about", () => {
  expect(plansTree(PACKAGE, false)).toBe(
    [
      "plans",
      "├── backup ()",
      "└── deploy (serial)",
      "    └── [phase]  zk (parallel)",
      "        ├── [step]  everything",
      "        └── [step]  rest",
      "",
      "",
    ].join("\n"),
  );
  expect(plansTree(PACKAGE, true).split("\n").slice(4)).toEqual([
    "        ├── [step]  everything",
    "        │\u00a0\u00a0 ├── [apply]  infra",
    "        │\u00a0\u00a0 │\u00a0\u00a0 ├── services.yaml",
    "        │\u00a0\u00a0 │\u00a0\u00a0 └── pdb.yaml",
    "        │\u00a0\u00a0 └── [toggle]  monitor",
    "        │\u00a0\u00a0     ├── [parameter]  MONITOR",
    "        │\u00a0\u00a0     └── monitor.yaml",
    "        └── [step]  rest",
    "            ├── [pipe]  certs",
    "            │\u00a0\u00a0 └── pod.yaml",
    "            ├── [unknown]  child",
    "            ├── [dummy]  nothing",
    "            └── [unknown]  absent",
    "",
    "",
  ]);
});

test("tasks in the order of the package", () => {
  expect(taskTable(PACKAGE)).toBe(
    [
      "Name   \tKind        \tResources               ",
      "infra  \tApply       \t[services.yaml pdb.yaml]",
      "monitor\tToggle      \t[monitor.yaml]          ",
      "certs  \tPipe        \t[pod.yaml]              ",
      "child  \tKudoOperator\t[]                      ",
      "nothing\tDummy       \t[]                      ",
      "",
    ].join("\n"),
  );
});

test("all that is installed: operators, versions, instances", () => {
  const object = (name: string, spec: object) => ({
    ...{ apiVersion: "kudo.dev/v1beta1", kind: "X", metadata: { name } },
    spec,
  });
  expect(
    allTree("default", {
      operators: [object("a", {}), object("b", {})],
      versions: [
        object("a-1", { operator: { name: "a" } }),
        object("a-2", { operator: { name: "a" } }),
      ],
      instances: [object("one", { operatorVersion: { name: "a-2" } })],
    }),
  ).toBe(
    [
      'List of current installed operators including versions and instances in namespace "default":',
      ".",
      "├── a",
      "│\u00a0\u00a0 ├── a-1",
      "│\u00a0\u00a0 └── a-2",
      "│\u00a0\u00a0     └── one",
      "└── b",
      "",
      "",
    ].join("\n"),
  );
});
