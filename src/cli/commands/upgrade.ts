import { drive } from "../drive.ts";
import { clusterFlags } from "../global-options.ts";
import { queued } from "../queued.ts";
import {
  addInstanceOption,
  addMeterOption,
  addOutputOption,
  addQueueOption,
  addRunOptions,
  addValueOptions,
  givenValues,
} from "../run-options.ts";
import { addSourceOptions, wantedVersions } from "../source-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan upgrade PACKAGE` */
export const addUpgrade: AddCommand = (program, deps, run) => {
  const command = program
    .command("upgrade")
    .argument(
      "<package>",
      "folder, .tgz or address of the new version, or its name in a repository",
    )
    .description("move an instance to another version of its operator");
  addInstanceOption(command);
  addValueOptions(command, true);
  addRunOptions(command);
  addQueueOption(command);
  addMeterOption(command);
  addSourceOptions(command);
  addOutputOption(command).option(
    "--replace-version",
    "replace a package of the same version whose content differs",
  );
  examples(command, [
    ["kplan upgrade ./galera-0.2.0.tgz", "runs the plan upgrade, else update, else deploy"],
    ["kplan upgrade ./galera --dry-run", "what it would write"],
  ]);
  command.action((source: string, options) =>
    run(async () => {
      const values = await givenValues(options, deps);
      const { upgrade } = await import("../../actions/change/upgrade.ts");
      return drive(
        {
          flags: clusterFlags(command),
          options,
          command: ["upgrade", source],
          act: (ctx) =>
            queued(options, ctx, (ready) =>
              upgrade(ready, {
                source,
                versions: wantedVersions(options),
                ...(options.instance && { instance: options.instance }),
                values,
                dryRun: options.dryRun === true,
                allow: options.allow ?? [],
                replaceVersion: options.replaceVersion === true,
              }),
            ),
        },
        deps,
      );
    }),
  );
};
