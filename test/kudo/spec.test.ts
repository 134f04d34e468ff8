import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseGoTemplate } from "../../src/go-template/go-template.ts";
import { GoTemplateError } from "../../src/go-template/template-error.ts";
import { formatIssue } from "../../src/model/issue.ts";
import { loadPackage } from "../../src/package/load-package.ts";
import { renderKudoTemplate } from "../../src/render/render-kudo-template.ts";
import { verifyPackage } from "../../src/verify/verify-package.ts";

// What KUDO's own tests assert (compat, marked [T]), where it is shown here; what does not stand beside the code that does it stands below the list.

/** Section, statement, the file with its test, and words of that test. */
const SHOWN: readonly (readonly [string, string, string, string])[] = [
  [
    "1.1",
    "params.yaml may be empty",
    "src/package/kudo/kudo-package.test.ts",
    "an empty params.yaml",
  ],
  [
    "1.1",
    "key of a nested template",
    "src/package/kudo/kudo-package.test.ts",
    '"templates/a/b.yaml", "a/b.yaml"',
  ],
  ["1.1", "nested templates in resources", "test/kudo/stories.ts", "web: arrays, maps"],
  ["1.3", "a plan of nothing completes", "test/kudo/stories.ts", "plain: a plan of nothing"],
  [
    "1.6",
    "what verify prints, and its errors",
    "src/cli/kudo/views/views.test.ts",
    "what verify found",
  ],
  ["1.8", "order of versions in a cluster", "src/package/resolve/best-first.test.ts", "bbb/10.1.0"],
  ["1.8", "an appVersion beats none", "src/package/resolve/best-first.test.ts", "beats none"],
  [
    "2.6",
    "-P files, later ones and -p win",
    "src/params/kudo-assignments.test.ts",
    '"- 7\\n- 7\\n- 7\\n"',
  ],
  ["2.6", "a null in a parameter file", "src/params/kudo-assignments.test.ts", '"a: null"'],
  ["3.5", "pieces of comments", "src/render/read-kudo-objects.test.ts", '"comments"'],
  ["3.5", "a kind that nobody knows", "test/kudo/suites.ts", "10 invalid-crd-install"],
  [
    "4.3",
    "hashes of dependencies",
    "src/enhance/kudo-enhance.test.ts",
    "6fa812afe527bdb6c9a5fbfcba8193bb",
  ],
  ["4.3", "restarts only when applied again", "test/kudo/suites.ts", "10 dependencies-hash"],
  ["4.4", "what the server gave stays", "test/kudo/suites.ts", "10 immutable-client-ip"],
  ["4.4", "what the template drops goes", "test/kudo/suites.ts", "10 remove-pod-container"],
  [
    "5.1",
    "names of pods and artifacts",
    "src/engine/pipe/pipe.test.ts",
    "fooinstance.deploy.first.step.genfiles.pipepod",
  ],
  ["5.1", "paths below the mount", "src/engine/pipe/pipe.test.ts", "/dir/int/../link"],
  ["5.1", "env files", "src/engine/pipe/pipe.test.ts", "enemies=aliens"],
  [
    "5.2",
    "tasks are rewritten",
    "src/package/dependencies/find-dependencies.test.ts",
    "tasks name the operator and the versions",
  ],
  ["5.2", "circles", "src/package/dependencies/find-dependencies.test.ts", "a circle is an error"],
  [
    "6",
    "a failed Job is fatal",
    "src/health/kudo-health.test.ts",
    '"batch/v1", "Job", { status: { conditions',
  ],
  ["6", "by its back-off or its deadline", "test/kudo/suites.ts", "10 terminal-failed-job"],
  ["6.1", "nothing to judge is ready", "src/store/run-recorder.test.ts", "ResourcesReady"],
  ["7.2", "immutable defaults are stored", "test/kudo/suites.ts", "10 immutable-parameter"],
  ["7.2", "parameters that an upgrade brings", "src/actions/run/kudo-plans.test.ts", "upgrade"],
  ["7.2", "which plan a change runs", "src/actions/run/kudo-plans.test.ts", "trigger"],
  [
    "7.3",
    "parallel is not at the same time",
    "src/engine/steps/kudo-tasks.test.ts",
    "without waiting, then waited for together",
  ],
  [
    "7.3",
    "serial and parallel, error and fatal",
    "src/engine/steps/kudo-tasks.test.ts",
    '"parallel", "fatal: true"',
  ],
  [
    "7.3",
    "others keep their status",
    "src/engine/steps/advance.test.ts",
    "siblings keep their status",
  ],
  ["7.4", "statuses of the new version", "test/kudo/suites.ts", "10 upgrade, 7.4 [T]"],
  ["7.4", "events", "test/kudo/events.test.ts", "PlanFinished"],
  ["9", "lists as YAML and JSON", "src/cli/kudo/views/print-output.test.ts", "the end is ..."],
  ["9.1", "plan status", "src/cli/kudo/views/status-tree.test.ts", "to the byte"],
  ["9.2", "plan history", "src/cli/kudo/views/status-tree.test.ts", "the tree of plan history"],
  ["9.3", "package list plans", "src/cli/kudo/views/views.test.ts", "plans by name"],
  ["9.4", "diagnostics", "test/cli/kudo/golden/diagnostics.txt", ""],
  ["A", "-p", "src/params/kudo-assignments.test.ts", '["a=1", "b=2", "a=3"]'],
  ["A", "texts of numbers", "src/params/kudo-text.test.ts", '"123456.789", "123456.789"'],
  ["A", "YAML text of arrays and maps", "src/params/kudo-params.test.ts", '"map", "[ a, b ]"'],
  [
    "A",
    "which entry of a repository",
    "src/package/resolve/best-first.test.ts",
    "Appendix A, repository match",
  ],
];

test.each(SHOWN)("%s [T] %s: %s", (_section, _statement, file, words) => {
  expect(readFileSync(join(import.meta.dirname, "../..", file), "utf8")).toContain(words);
});

test.each(["env", "expandenv", "base", "dir", "clean", "ext", "isAbs"])(
  "3.3 [T] the function %s is not defined, which is found when the template is read",
  (name) => {
    expect(() => parseGoTemplate("t", `{{ "x" | ${name} }}`)).toThrow(GoTemplateError);
    expect(() => parseGoTemplate("t", `{{ "x" | ${name} }}`)).toThrow(
      `function "${name}" not defined`,
    );
  },
);

test("A [X] toYaml of a map", () => {
  const text = renderKudoTemplate({
    key: "t",
    text: "{{ toYaml .Params.M | trim | indent 2 }}",
    scope: {
      Name: "n",
      Namespace: "ns",
      OperatorName: "o",
      AppVersion: "",
      OperatorVersion: "0.1.0",
      Params: { M: "Baz: Quux\nFoo: Bar\n" },
    },
    constants: { seed: "seed", startedAt: "2023-11-14T22:13:20Z" },
    declared: [
      {
        name: "M",
        type: "map",
        kudoType: "map",
        required: true,
        immutable: false,
        at: { file: "params.yaml", line: 1, col: 1 },
      },
    ],
  });
  expect(text).toBe("  Baz: Quux\n  Foo: Bar");
});

test("A, 1.6 [T] a name twice, a comma in one, no operatorVersion, a plan that is not there: four errors, and a parameter that is not used", () => {
  expect(
    verified({
      "operator.yaml":
        "apiVersion: kudo.dev/v1beta1\nname: o\nkubernetesVersion: 1.16.0\nplans: {deploy: {}}\n",
      "params.yaml":
        "parameters:\n- {name: Foo, trigger: deploy}\n- {name: foo, trigger: deploy}\n- {name: 'a,b', trigger: nowhere}\n- {name: Unused}\n",
    }),
  ).toEqual([
    'error: parameter "foo" has a duplicate',
    `error: parameter "a,b" contains invalid character ','`,
    'error: "operatorVersion" is required and must be semver',
    'error: plan "nowhere" used in parameter "a,b" is not defined',
    'warning: parameter "Unused" defined but not used.',
  ]);
});

test("1.6 [T] names of two levels below anything but Params are no unknown parameters", () => {
  const said = verified({
    "operator.yaml":
      "apiVersion: kudo.dev/v1beta1\nname: o\noperatorVersion: 0.1.0\nkubernetesVersion: 1.16.0\ntasks: [{name: t, kind: Apply, spec: {resources: [t.yaml]}}]\nplans: {deploy: {phases: [{name: p, steps: [{name: s, tasks: [t]}]}]}}\n",
    "params.yaml": "",
    "templates/t.yaml":
      '{{ $x := dict "Some" (dict "Thing" 1) }}apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: \'{{ $x.Some.Thing }}{{ .Name }}\'}\n',
  });
  expect(said).toEqual([]);
});

function verified(files: Readonly<Record<string, string>>): string[] {
  const bytes = Object.entries(files).map(
    ([path, text]) => [path, new TextEncoder().encode(text)] as const,
  );
  const { pkg, draft, issues } = loadPackage("o", new Map(bytes));
  const found = pkg ?? draft;
  return [...issues, ...(found ? verifyPackage(found) : [])].map((issue) => {
    const { at: _, hint: __, ...plain } = issue;
    return formatIssue(plain);
  });
}
