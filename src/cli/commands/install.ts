import { drive } from "../drive.ts";
import { clusterFlags } from "../global-options.ts";
import {
  addMeterOption,
  addNewInstanceOption,
  addOutputOption,
  addRunOptions,
  addValueOptions,
  givenValues,
} from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan install PACKAGE` */
export const addInstall: AddCommand = (program, deps, run) => {
  const command = program
    .command("install")
    .argument("<package>", "folder or .tgz of an operator package")
    .description("install an operator package as an instance, or go on with an unfinished install");
  addNewInstanceOption(command);
  addValueOptions(command, false);
  addRunOptions(command);
  addMeterOption(command, true);
  addOutputOption(command)
    .option("--create-namespace", "create the namespace when it is not there")
    .option("--reuse-claims", "install over the claims that an earlier instance of that name left")
    .option("--delete-claims", "delete the claims that an earlier instance of that name left")
    .option("--replace-version", "replace a package of the same version whose content differs");
  examples(command, [
    ["kplan install ./operators/galera", "on the current cluster, with the defaults"],
    ["kplan install ./galera -p NODE_COUNT=5 --instance db", "other values, another name"],
    ["kplan install ./galera --dry-run", "what it would write"],
    ["kplan install ./galera -p MYSQL_ROOT_PASSWORD=-", "a secret from standard input"],
  ]);
  command.action((source: string, options) =>
    run(async () => {
      const values = await givenValues(options, deps);
      const { install } = await import("../../actions/change/install.ts");
      return drive(
        {
          flags: clusterFlags(command),
          options,
          command: ["install", source],
          act: (ctx) =>
            install(ctx, {
              source,
              ...(options.instance && { instance: options.instance }),
              values,
              createNamespace: options.createNamespace === true,
              reuseClaims: options.reuseClaims === true,
              deleteClaims: options.deleteClaims === true,
              replaceVersion: options.replaceVersion === true,
              dryRun: options.dryRun === true,
              allow: options.allow ?? [],
            }),
        },
        deps,
      );
    }),
  );
};
