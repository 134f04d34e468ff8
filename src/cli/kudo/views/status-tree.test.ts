import { expect, test } from "vitest";
import { historyTree, statusTree } from "./status-tree.ts";

const VERSION = {
  apiVersion: "kudo.dev/v1beta1",
  kind: "OperatorVersion",
  metadata: { name: "test-1.0", namespace: "default" },
  spec: {
    plans: {
      zzz: { phases: null },
      validate: { phases: [{ name: "validate", steps: [{ name: "validate" }] }] },
      deploy: {
        strategy: "serial",
        phases: [
          { name: "main", strategy: "serial", steps: [{ name: "everything" }] },
          { name: "after", strategy: "parallel", steps: [{ name: "a" }, { name: "b" }] },
        ],
      },
    },
  },
};

const instance = (planStatus: object) => ({
  apiVersion: "kudo.dev/v1beta1",
  kind: "Instance",
  metadata: { name: "test", namespace: "default" },
  status: { planStatus },
});

test("the tree of plan status, to the byte", () => {
  const failed = instance({
    deploy: {
      name: "deploy",
      status: "FATAL_ERROR",
      message: "why",
      lastUpdatedTimestamp: "2019-10-17T01:01:01Z",
      phases: [
        {
          name: "main",
          status: "FATAL_ERROR",
          steps: [{ name: "everything", status: "FATAL_ERROR", message: "error detail" }],
        },
        {
          name: "after",
          status: "PENDING",
          steps: [
            { name: "a", status: "PENDING" },
            { name: "b", status: "PENDING" },
          ],
        },
      ],
    },
  });
  expect(statusTree(failed, VERSION)).toBe(
    [
      'Plan(s) for "test" in namespace "default":',
      ".",
      '└── test (Operator-Version: "test-1.0" Active-Plan: "deploy")',
      "    ├── Plan deploy (serial strategy) [FATAL_ERROR] (why), last updated 2019-10-17 01:01:01",
      "    │\u00a0\u00a0 ├── Phase main (serial strategy) [FATAL_ERROR]",
      "    │\u00a0\u00a0 │\u00a0\u00a0 └── Step everything [FATAL_ERROR] (error detail)",
      "    │\u00a0\u00a0 └── Phase after (parallel strategy) [PENDING]",
      "    │\u00a0\u00a0     ├── Step a [PENDING]",
      "    │\u00a0\u00a0     └── Step b [PENDING]",
      "    ├── Plan validate ( strategy) [NOT ACTIVE]",
      "    │\u00a0\u00a0 └── Phase validate ( strategy) [NOT ACTIVE]",
      "    │\u00a0\u00a0     └── Step validate [NOT ACTIVE]",
      "    └── Plan zzz ( strategy) [NOT ACTIVE]",
      "",
      "",
    ].join("\n"),
  );
});

test("an instance that never ran", () => {
  expect(statusTree(instance({}), VERSION)).toBe(
    "No plan ever run for instance - nothing to show for instance test\n",
  );
});

test("the tree of plan history", () => {
  const plans = instance({
    scale: { name: "scale", status: "IN_PROGRESS" },
    deploy: { name: "deploy", status: "COMPLETE", lastUpdatedTimestamp: "2020-01-02T03:04:05Z" },
    update: { name: "update", status: "IN_PROGRESS", lastUpdatedTimestamp: "2020-01-02T03:04:06Z" },
    backup: { name: "backup", status: "NEVER_RUN" },
    new: { name: "new", status: "" },
  });
  expect(historyTree(plans)).toBe(
    [
      ".",
      "├── backup (NEVER_RUN)",
      "├── deploy (last finished run at 2020-01-02T03:04:05 (COMPLETE))",
      "├── new (never run)",
      "├── scale (is running)",
      "└── update (last finished run at 2020-01-02T03:04:06 (IN_PROGRESS))",
      "",
      "",
    ].join("\n"),
  );
});
