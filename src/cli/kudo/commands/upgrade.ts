import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { givenValues } from "../../run-options.ts";
import { wantedVersions } from "../../source-options.ts";
import { driveKudo } from "../drive-kudo.ts";
import { installedLines, readInstalled } from "../installed-lines.ts";
import {
  addKudoValueOptions,
  addReplaceOption,
  addVersionOptions,
  usage,
} from "../kudo-options.ts";
import { withSession } from "../with-session.ts";

/** `kubectl kudo upgrade PACKAGE --instance NAME` */
export const addKudoUpgrade: AddCommand = (program, deps, run) => {
  const command = program
    .command("upgrade")
    .argument(
      "[package]",
      "a folder or .tgz (with a / in it), an address, or a name in the repository",
    )
    .description("move an instance to a newer version of its operator")
    .allowExcessArguments()
    .option("--instance <name>", "the name of the instance");
  addReplaceOption(addVersionOptions(addKudoValueOptions(command)));
  command.action((source: string | undefined, options) =>
    run(async () => {
      if (source === undefined || command.args.length !== 1)
        throw usage("expecting exactly one argument - name of the package or path to upgrade");
      const { instance } = options;
      if (!instance)
        throw usage("please use --instance and specify instance name. It cannot be empty");
      const values = await givenValues(options, deps);
      const { upgrade } = await import("../../../actions/change/upgrade.ts");
      return withSession(command, deps, async (session) => {
        const before = await readInstalled(session);
        await driveKudo(
          {
            instance,
            command: ["upgrade", source],
            options: command.optsWithGlobals(),
            act: (ctx) =>
              upgrade(ctx, {
                source,
                versions: wantedVersions(options),
                instance,
                values,
                replaceVersion: options.replaceVersion === true,
              }),
            begun: async (run) => {
              const { namespace } = session;
              const after = await readInstalled(session);
              deps.terminal.out(installedLines(namespace, before, after, run?.operatorVersion));
              deps.terminal.out(`instance ${namespace}/${instance} updated\n`);
            },
          },
          session,
          deps,
        );
        return EXIT.ok;
      });
    }),
  );
};
