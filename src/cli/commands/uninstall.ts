import { drive } from "../drive.ts";
import { clusterFlags } from "../global-options.ts";
import { addInstanceOption, addOutputOption, addRunOptions } from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan uninstall` */
export const addUninstall: AddCommand = (program, deps, run) => {
  const command = program
    .command("uninstall")
    .description("run the cleanup plan if there is one, then remove all that the instance made");
  addInstanceOption(command);
  addRunOptions(command);
  addOutputOption(command).option(
    "--delete-claims",
    "also delete the instance's volume claims and its secret values",
  );
  examples(command, [
    ["kplan uninstall", "the only instance of the namespace; its data stays"],
    ["kplan uninstall --instance db --delete-claims", "with its data"],
    ["kplan uninstall --dry-run", "what it would remove"],
  ]);
  command.action((options) =>
    run(async () => {
      const { uninstall } = await import("../../actions/removal/uninstall.ts");
      return drive(
        {
          flags: clusterFlags(command),
          options,
          command: ["uninstall"],
          act: (ctx) =>
            uninstall(ctx, {
              ...(options.instance && { instance: options.instance }),
              deleteClaims: options.deleteClaims === true,
              dryRun: options.dryRun === true,
              allow: options.allow ?? [],
            }),
        },
        deps,
      );
    }),
  );
};
