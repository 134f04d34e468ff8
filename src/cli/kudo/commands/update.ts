import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { givenValues } from "../../run-options.ts";
import { driveKudo } from "../drive-kudo.ts";
import { addKudoValueOptions, addWaitOptions, usage } from "../kudo-options.ts";
import { withSession } from "../with-session.ts";

/** `kubectl kudo update --instance NAME -p NAME=VALUE` */
export const addKudoUpdate: AddCommand = (program, deps, run) => {
  const command = program
    .command("update")
    .description("change parameters of an instance")
    .allowExcessArguments()
    .option("--instance <name>", "the name of the instance");
  addWaitOptions(addKudoValueOptions(command));
  command.action((options) =>
    run(async () => {
      const { instance, parameter = [], parameterFile = [] } = options;
      if (command.args.length > 0)
        throw usage("expecting no arguments provided for update. Only named flags are accepted");
      if (!instance)
        throw usage(
          "--instance flag has to be provided to indicate which instance you want to update",
        );
      if (parameter.length + parameterFile.length === 0)
        throw usage(
          "need to specify at least one parameter to override via -p otherwise there is nothing to update",
        );
      const values = await givenValues(options, deps);
      const { update } = await import("../../../actions/change/update.ts");
      return withSession(command, deps, async (session) => {
        await driveKudo(
          {
            instance,
            command: ["update"],
            options: command.optsWithGlobals(),
            act: (ctx) => update(ctx, { instance, values }),
            begun: async () => deps.terminal.out(`Instance ${instance} was updated.\n`),
          },
          session,
          deps,
        );
        return EXIT.ok;
      });
    }),
  );
};
