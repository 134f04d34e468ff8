import type { Command } from "commander";
import type { ListedParameter } from "../../../actions/packages/list-parameters.ts";
import { formatIssue } from "../../../model/issue.ts";
import { refuse } from "../../../model/kplan-error.ts";
import type { OperatorPackage } from "../../../model/package.ts";
import type { Task } from "../../../model/task.ts";
import type { CliDeps } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { drawTree, type TreeNode } from "../../output/plan-tree.ts";
import { table } from "../../output/table.ts";
import { addOutputOption } from "../../run-options.ts";
import { addSourceOptions, packageFinderOf, wantedVersions } from "../../source-options.ts";
import { examples, type RunAction } from "../command.ts";

/** `kplan package list parameters | plans | tasks` */
export function addPackageList(parent: Command, deps: CliDeps, run: RunAction): void {
  const list = parent
    .command("list")
    .description("what a package has: its parameters, plans or tasks");
  const parameters = listCommand(list, "parameters", "the parameters of a package")
    .option("-d, --descriptions", "with what they mean")
    .option("-r, --required", "only those that must be given")
    .option("--names", "only their names");
  examples(parameters, [["kplan package list parameters ./galera -d", "with descriptions"]]);
  show(parameters, deps, run, async (pkg, options) => {
    const { listParameters } = await import("../../../actions/packages/list-parameters.ts");
    const rows = listParameters(pkg).filter(
      (row) => options.required !== true || (row.required && row.default === undefined),
    );
    const text = options.names === true ? names(rows) : parameterTable(rows, options.descriptions);
    return { value: rows, text };
  });

  const plans = listCommand(list, "plans", "the plans of a package with their phases and steps");
  plans.option("-t, --with-tasks", "with the tasks of each step");
  examples(plans, [["kplan package list plans ./galera -t", "down to the templates"]]);
  show(plans, deps, run, async (pkg, options) => ({
    value: pkg.operator.plans,
    text: plansTree(pkg, options.withTasks === true),
  }));

  const tasks = listCommand(list, "tasks", "the tasks of a package");
  examples(tasks, [["kplan package list tasks ./galera", "kind and templates of each"]]);
  show(tasks, deps, run, async ({ operator }) => ({
    value: operator.tasks,
    text: table(
      ["NAME", "KIND", "USES"],
      operator.tasks.map((task) => [task.name, task.kind, usesOf(task).join(" ")]),
    ),
  }));
}

function listCommand(list: Command, name: string, description: string): Command {
  const command = list
    .command(name)
    .argument("[package]", "folder, .tgz, address or name of a package (default: that of here)")
    .description(description);
  return addOutputOption(addSourceOptions(command));
}

/** Finds the package, tells its problems on stderr, and prints what is asked of it. */
function show(
  command: Command,
  deps: CliDeps,
  run: RunAction,
  view: (
    pkg: OperatorPackage,
    options: Readonly<Record<string, unknown>>,
  ) => Promise<{ readonly value: unknown; readonly text: string }>,
): void {
  command.action((source: string | undefined, options) =>
    run(async () => {
      const { nearbyPackage } = await import("../../../actions/packages/nearby-package.ts");
      const name = source ?? (await nearbyPackage());
      const find = packageFinderOf(options, deps);
      const { pkg, issues } = await find({ name, ...wantedVersions(options) });
      if (!pkg) refuse(name, issues);
      for (const issue of issues) deps.terminal.err(`${formatIssue(issue)}\n`);
      const { value, text } = await view(pkg, options);
      if (options.output) {
        const { printValue } = await import("../../output/values.ts");
        await printValue(value, options.output, deps.terminal);
      } else deps.terminal.out(text);
      return EXIT.ok;
    }),
  );
}

function names(rows: readonly ListedParameter[]): string {
  return rows.map(({ name }) => `${name}\n`).join("");
}

function parameterTable(rows: readonly ListedParameter[], descriptions: unknown): string {
  const heads = ["NAME", "TYPE", "DEFAULT", "REQUIRED", "IMMUTABLE", "TRIGGER"];
  return table(
    descriptions === true ? [...heads, "DESCRIPTION"] : heads,
    rows.map((row) => [
      row.name,
      row.type,
      oneLine(row.default ?? ""),
      String(row.required),
      String(row.immutable),
      row.trigger ?? "",
      ...(descriptions === true ? [oneLine(row.description ?? "", 500)] : []),
    ]),
  );
}

function oneLine(text: string, most = 40): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

function plansTree({ operator }: OperatorPackage, withTasks: boolean): string {
  const taskNode = (name: string): TreeNode => {
    const task = operator.tasks.find((each) => each.name === name);
    const children = task ? usesOf(task).map((text) => ({ text, children: [] })) : [];
    return { text: `${name} (${task?.kind ?? "no such task"})`, children };
  };
  return drawTree(
    operator.plans.map((plan) => ({
      text: `plan ${plan.name} (${plan.strategy})`,
      children: plan.phases.map((phase) => ({
        text: `phase ${phase.name} (${phase.strategy})`,
        children: phase.steps.map((step) => ({
          text: `step ${step.name}`,
          children: withTasks ? step.tasks.map(taskNode) : [],
        })),
      })),
    })),
  );
}

/** Templates, or what else a task is about. */
function usesOf(task: Task): readonly string[] {
  switch (task.kind) {
    case "Apply":
    case "Delete":
      return task.resources;
    case "Toggle":
      return [`when ${task.parameter}:`, ...task.resources];
    case "Pipe":
      return [task.pod, ...task.pipe.map(({ key }) => `-> ${key}`)];
    case "KudoOperator":
      return [task.package, ...(task.parameterFile ? [task.parameterFile] : [])];
    case "Exec":
      return [task.pods ?? task.pod ?? ""];
    case "Dummy":
      return [];
  }
}
