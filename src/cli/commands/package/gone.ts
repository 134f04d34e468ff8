import type { Command } from "commander";
import { KplanError } from "../../../model/kplan-error.ts";
import { examples, type RunAction } from "../command.ts";

/** `kplan package add`: KUDO's prompts that wrote into a package, which are gone. */
export function addPackageAdd(parent: Command, run: RunAction): void {
  const command = parent
    .command("add", { hidden: true })
    .argument("[what...]", "maintainer, parameter, task or plan")
    .description("gone: edit operator.yaml and params.yaml")
    .allowUnknownOption();
  examples(command, [["kplan package add parameter", "says where to write one"]]);
  command.action((what: string[]) =>
    run(async () => {
      throw gone(what[0] ?? "");
    }),
  );
}

/** What is said instead of asking for the parts of a package one by one. */
export function gone(what: string): KplanError {
  const places: Readonly<Record<string, string>> = {
    maintainer: "write it under maintainers: in operator.yaml",
    parameter: "write it under parameters: in params.yaml",
    task: "write it under tasks: in operator.yaml",
    plan: "write it under plans: in operator.yaml",
  };
  const where = Object.hasOwn(places, what) ? places[what] : undefined;
  return new KplanError(
    "gone",
    "`package add` is gone: it wrote the files anew and lost their comments",
    {
      kind: "bad-input",
      hint: `${where ?? "write into operator.yaml and params.yaml"}; \`kplan package verify\` finds what is wrong, \`kplan package new\` makes a package to begin from`,
    },
  );
}
