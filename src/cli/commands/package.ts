import type { GivenValues } from "../../actions/change/given-values.ts";
import type { RenderedTask } from "../../actions/render-package.ts";
import { formatIssue, hasErrors } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { pathText } from "../../model/run.ts";
import type { Capabilities } from "../../model/scope.ts";
import type { CliDeps } from "../deps.ts";
import { EXIT } from "../exit-code.ts";
import { clusterFlags, collect } from "../global-options.ts";
import {
  addNewInstanceOption,
  addOutputOption,
  addValueOptions,
  apiUpgrade,
  apiUpgradeOption,
  givenValues,
} from "../run-options.ts";
import { addRepositoryOptions, packageFinderOf } from "../source-options.ts";
import { paint } from "../terminal.ts";
import { type AddCommand, examples } from "./command.ts";
import { addPackageConvert } from "./package/convert.ts";
import { addPackageCreate } from "./package/create.ts";
import { addPackageAdd } from "./package/gone.ts";
import { addPackageList } from "./package/list.ts";
import { addPackageNew } from "./package/new.ts";
import { addPackageTest } from "./package-test.ts";

/** `kplan package verify | render | test | list | create | new | convert` */
export const addPackage: AddCommand = (program, deps, run) => {
  const parent = program
    .command("package")
    .description("make, check and try out operator packages, without a cluster");

  const verify = parent
    .command("verify")
    .argument("<package>", "folder, .tgz or address of a package, or its name in a repository")
    .description("find everything that is wrong with a package");
  addOutputOption(addRepositoryOptions(verify));
  verify.option(
    "--param-checks <checks>",
    "of a KUDO package: also check how parameters are described (display, hint, desc, type, hasgroup, groups, all; with commas between)",
  );
  examples(verify, [
    ["kplan package verify ./galera", "every problem with file:line:col"],
    [
      "kplan package verify ./zookeeper --param-checks all",
      "how its parameters are described, too",
    ],
  ]);
  verify.action((source: string, options) =>
    run(async () => {
      const { verifyPackageAt } = await import("../../actions/verify-package-at.ts");
      const find = packageFinderOf(options, deps);
      const { issues } = await verifyPackageAt(source, options.paramChecks, find);
      const valid = !hasErrors(issues);
      const of = (severity: string) => issues.filter((issue) => issue.severity === severity);
      if (options.output) {
        const { printValue } = await import("../output/values.ts");
        const value = { valid, errors: of("error"), warnings: of("warning") };
        await printValue(value, options.output, deps.terminal);
      } else {
        for (const issue of issues) deps.terminal.out(`${formatIssue(issue)}\n`);
        const found = ["error", "warning"].map((word) => count(of(word).length, word)).join(", ");
        const words = valid ? `${source} is valid` : `${source} is not valid`;
        deps.terminal.out(
          `${paint(deps.terminal, valid ? "good" : "bad", words)}${issues.length > 0 ? ` (${found})` : ""}\n`,
        );
      }
      return valid ? EXIT.ok : EXIT.badInput;
    }),
  );

  addPackageTest(parent, deps, run);

  const render = parent
    .command("render")
    .argument("<package>", "folder, .tgz or address of a package, or its name in a repository")
    .description("print the objects of each step as they would be applied, offline");
  addNewInstanceOption(render);
  addValueOptions(render, false);
  addOutputOption(addRepositoryOptions(render))
    .addOption(apiUpgradeOption())
    .option("--plan <name>", "only this plan")
    .option("--step <name>", "only steps of this name")
    .option("--kube-version <version>", "Kubernetes version that templates see", "1.34")
    .option("--api-versions <version>", "group version that templates see (repeatable)", collect);
  examples(render, [
    ["kplan package render ./galera --plan deploy", "every object of the plan, step by step"],
    ["kplan package render ./galera --step config -p NODE_COUNT=5", "one step, other values"],
  ]);
  addPackageList(parent, deps, run);
  addPackageCreate(parent, deps, run);
  addPackageNew(parent, deps, run);
  addPackageConvert(parent, deps, run);
  addPackageAdd(parent, run);
  render.action((source: string, options) =>
    run(async () => {
      const values: GivenValues = await givenValues(options, deps);
      const { renderPackage } = await import("../../actions/render-package.ts");
      const { tasks, warnings } = await renderPackage({
        source,
        find: packageFinderOf(options, deps),
        values,
        ...(options.plan && { plan: options.plan }),
        ...(options.step && { step: options.step }),
        ...(options.instance && { instance: options.instance }),
        ...apiUpgrade(options),
        namespace: clusterFlags(render).namespace ?? "default",
        capabilities: capabilitiesOf(options.kubeVersion, options.apiVersions),
      });
      for (const warning of warnings) deps.terminal.err(`${formatIssue(warning)}\n`);
      await printTasks(tasks, options.output, deps);
      return EXIT.ok;
    }),
  );
};

/** YAML documents with a comment that names each task; or one JSON list. */
async function printTasks(
  tasks: readonly RenderedTask[],
  format: "json" | "yaml" | undefined,
  deps: CliDeps,
): Promise<void> {
  const { printValue } = await import("../output/values.ts");
  if (format) return printValue(tasks, format, deps.terminal);
  for (const { path, act, objects } of tasks) {
    deps.terminal.out(`# ${pathText(path)} (${act})\n`);
    for (const object of objects) {
      deps.terminal.out("---\n");
      await printValue(object, "yaml", deps.terminal);
    }
  }
}

/** `1 error`, `2 errors`. */
function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function capabilitiesOf(version: string, apiVersions: readonly string[] | undefined): Capabilities {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?:[.+-].*)?$/.exec(version) ?? [];
  if (major === undefined || minor === undefined)
    throw new KplanError("bad-version", `--kube-version ${version}: expected e.g. 1.34`, {
      kind: "bad-input",
    });
  const old = Number(major) === 1 && Number(minor) < 21;
  return {
    KubeVersion: { Major: Number(major), Minor: Number(minor) },
    APIVersions: apiVersions ?? [...STABLE, old ? "policy/v1beta1" : "policy/v1"],
  };
}

/** Group versions that every supported Kubernetes serves. */
const STABLE = [
  "v1",
  "apps/v1",
  "batch/v1",
  "autoscaling/v1",
  "networking.k8s.io/v1",
  "rbac.authorization.k8s.io/v1",
  "storage.k8s.io/v1",
  "scheduling.k8s.io/v1",
  "coordination.k8s.io/v1",
  "apiextensions.k8s.io/v1",
  "admissionregistration.k8s.io/v1",
];
