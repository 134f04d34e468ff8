import type { Command } from "commander";
import { refuse } from "../../../model/kplan-error.ts";
import type { OperatorPackage } from "../../../model/package.ts";
import type { AddCommand } from "../../commands/command.ts";
import type { CliDeps } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { packageFinderOf, wantedVersions } from "../../source-options.ts";
import { group } from "../group.ts";
import { addKudoOutputOption, addVersionOptions, outputOf, usage } from "../kudo-options.ts";
import {
  nameTable,
  parameterFile,
  parameterTable,
  plansTree,
  taskTable,
} from "../views/package-tables.ts";
import { printOne } from "../views/print-output.ts";

/** `kubectl kudo package list parameters | plans | tasks PACKAGE` */
export const addKudoPackageList: AddCommand = (program, deps, run) => {
  const parent = group(program, "list", "what a package says");
  const parameters = subcommand(parent, "parameters", "list the parameters of a package")
    .option("-d, --descriptions", "with their descriptions")
    .option("-r, --required", "only the names of those that must be given")
    .option("--names", "only their names");
  addKudoOutputOption(parameters);
  parameters.action((source: string | undefined, options) =>
    run(async () => {
      const format = outputOf(options);
      const chosen = ["descriptions", "required", "names"].filter((name) => options[name] === true);
      if (chosen.length > 1)
        throw usage("only one of the flags 'required', 'names', 'descriptions' can be set");
      if (parameters.args.length > 1)
        throw usage("expecting exactly one argument - directory or name of package");
      const { listParameters } = await import("../../../actions/packages/list-parameters.ts");
      const { nearbyPackage } = await import("../../../actions/packages/nearby-package.ts");
      const pkg = await found(source ?? (await nearbyPackage()), parameters, deps);
      const rows = listParameters(pkg).map((parameter) => ({
        ...parameter,
        default: parameter.default ?? "",
        hasDefault: parameter.default !== undefined,
        description: parameter.description ?? "",
      }));
      const missing = rows.filter((row) => row.required && !row.hasDefault);
      if (format) printOne(parameterFile(pkg), format, deps.terminal);
      else if (options.names) deps.terminal.out(nameTable(rows));
      else if (options.required)
        deps.terminal.out(
          missing.length > 0
            ? nameTable(missing)
            : "no required parameters without default values found\n",
        );
      else deps.terminal.out(parameterTable(rows, options.descriptions === true));
      return EXIT.ok;
    }),
  );

  const plans = subcommand(parent, "plans", "list the plans of a package").option(
    "-t, --with-tasks",
    "with their tasks",
  );
  plans.action((source: string | undefined, options) =>
    run(async () => {
      const pkg = await found(onlyOne(source, plans), plans, deps);
      deps.terminal.out(plansTree(pkg, options.withTasks === true));
      return EXIT.ok;
    }),
  );

  const tasks = subcommand(parent, "tasks", "list the tasks of a package");
  tasks.action((source: string | undefined) =>
    run(async () => {
      deps.terminal.out(taskTable(await found(onlyOne(source, tasks), tasks, deps)));
      return EXIT.ok;
    }),
  );
};

function subcommand(parent: Command, name: string, description: string): Command {
  const command = parent
    .command(name)
    .argument(
      "[package]",
      "a folder or .tgz (with a / in it), an address, or a name in the repository",
    )
    .description(description)
    .allowExcessArguments();
  return addVersionOptions(command);
}

function onlyOne(source: string | undefined, command: Command): string {
  if (source !== undefined && command.args.length === 1) return source;
  throw usage("expecting exactly one argument - directory or name of package");
}

/** The package of a name, as `install` finds it. Throws with every problem; warnings are told on stderr by `verify`, not here. */
async function found(source: string, command: Command, deps: CliDeps): Promise<OperatorPackage> {
  const options = command.optsWithGlobals();
  const find = packageFinderOf(options, deps);
  const { pkg, issues } = await find({ name: source, ...wantedVersions(options) });
  return pkg ?? refuse(source, issues);
}
