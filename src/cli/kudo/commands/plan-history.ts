import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { required } from "../kudo-options.ts";
import { historyTree } from "../views/status-tree.ts";
import { withSession } from "../with-session.ts";

/** `kubectl kudo plan history --instance NAME` */
export const addKudoPlanHistory: AddCommand = (plan, deps, run) => {
  const command = plan
    .command("history")
    .description("list the plans of an instance with the time and the end of their last run")
    .allowExcessArguments()
    .option("--instance <name>", "the name of the instance");
  command.action((options) =>
    run(async () => {
      required(options, "instance");
      const { findInstance } = await import("../../../actions/instance/find-instance.ts");
      return withSession(command, deps, async (session) => {
        deps.terminal.out(historyTree(await findInstance(session, options.instance)));
        return EXIT.ok;
      }).catch((error: unknown) => {
        // This command alone says so (compat section 9.2).
        if (error instanceof Error) error.message = `client Error: ${error.message}`;
        throw error;
      });
    }),
  );
};
