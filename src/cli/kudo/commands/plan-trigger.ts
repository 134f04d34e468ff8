import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { givenValues } from "../../run-options.ts";
import { driveKudo } from "../drive-kudo.ts";
import { addWaitOptions, required } from "../kudo-options.ts";
import { withSession } from "../with-session.ts";

/** `kubectl kudo plan trigger --instance NAME --name PLAN` */
export const addKudoPlanTrigger: AddCommand = (plan, deps, run) => {
  const command = plan
    .command("trigger")
    .description("run a plan of an instance")
    .allowExcessArguments()
    .option("--instance <name>", "the name of the instance")
    .option("--name <plan>", "the name of the plan");
  addWaitOptions(command);
  command.action((options) =>
    run(async () => {
      required(options, "instance", "name");
      const { instance, name }: { instance: string; name: string } = options;
      const values = await givenValues({}, deps);
      const { triggerPlan } = await import("../../../actions/change/trigger-plan.ts");
      return withSession(command, deps, async (session) => {
        const line = `Triggered ${name} plan for ${session.namespace}/${instance} instance\n`;
        await driveKudo(
          {
            instance,
            command: ["plan", "trigger", name],
            options: command.optsWithGlobals(),
            act: (ctx) => triggerPlan(ctx, { instance, plan: name, values }),
            begun: async () => deps.terminal.out(line),
          },
          session,
          deps,
        );
        return EXIT.ok;
      });
    }),
  );
};
