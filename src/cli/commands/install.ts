import { KplanError } from "../../model/kplan-error.ts";
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
import { addSourceOptions, wantedVersions } from "../source-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan install PACKAGE` */
export const addInstall: AddCommand = (program, deps, run) => {
  const command = program
    .command("install")
    .argument("<package>", "folder, .tgz or address of a package, or its name in a repository")
    .description("install an operator package as an instance, or go on with an unfinished install");
  addNewInstanceOption(command);
  addValueOptions(command, false);
  addRunOptions(command);
  addMeterOption(command, true);
  addSourceOptions(command)
    .option("--in-cluster", "the package is one that the namespace has: by the operator's name")
    .option("--skip-instance", "keep the package in the cluster, and make no instance of it");
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
    ["kplan install zookeeper --repo ours --operator-version 0.3.1", "a package of a repository"],
    ["kplan install galera --in-cluster --instance two", "one more of what is there"],
  ]);
  command.action((source: string, options) =>
    run(async () => {
      const values = await givenValues(options, deps);
      refuseTogether(options);
      if (options.skipInstance === true) {
        const { installWithoutInstance } = await import("../install-version.ts");
        return await installWithoutInstance(source, command, deps);
      }
      const { install } = await import("../../actions/change/install.ts");
      return drive(
        {
          flags: clusterFlags(command),
          options,
          command: ["install", source],
          act: (ctx) =>
            install(ctx, {
              source,
              versions: wantedVersions(options),
              inCluster: options.inCluster === true,
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

/** Options that contradict one another. */
function refuseTogether(options: Readonly<Record<string, unknown>>): void {
  const other = ["skipInstance", "repo"].find((name) => options[name] !== undefined);
  if (options.inCluster === true && other !== undefined)
    throw new KplanError(
      "contradiction",
      `--in-cluster takes what the cluster has: it does not go with ${other === "repo" ? "--repo" : "--skip-instance"}`,
      { kind: "bad-input" },
    );
}
