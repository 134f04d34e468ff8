import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { driveKudo } from "../drive-kudo.ts";
import { addWaitOptions, required, usage } from "../kudo-options.ts";
import { withSession } from "../with-session.ts";

/** `kubectl kudo uninstall --instance NAME` */
export const addKudoUninstall: AddCommand = (program, deps, run) => {
  const command = program
    .command("uninstall")
    .description("remove an instance and all that it made; its Operator and OperatorVersion stay")
    .allowExcessArguments()
    .option("--instance <name>", "the name of the instance");
  addWaitOptions(command);
  command.action((options) =>
    run(async () => {
      if (command.args.length > 0)
        throw usage("expecting no arguments provided for uninstall. Only named flags are accepted");
      required(options, "instance");
      const instance: string = options.instance;
      const { uninstall } = await import("../../../actions/removal/uninstall.ts");
      return withSession(command, deps, async (session) => {
        let isGone = false;
        await driveKudo(
          {
            instance,
            command: ["uninstall"],
            options: command.optsWithGlobals(),
            act: async (ctx) => {
              const result = await uninstall(ctx, { instance, keepOperator: true });
              isGone = true;
              return result;
            },
            // Said when it is so: the clean-up plan comes first.
            begun: async () => {},
          },
          session,
          deps,
        );
        if (isGone) deps.terminal.out(`instance.kudo.dev/v1beta1/${instance} deleted\n`);
        return EXIT.ok;
      });
    }),
  );
};
