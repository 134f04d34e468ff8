import { EXIT } from "../../exit-code.ts";
import { clusterFlags } from "../../global-options.ts";
import { addInstanceOption, addOutputOption } from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan history` */
export const addPlanHistory: AddCommand = (plan, deps, run) => {
  const history = plan.command("history").description("list the runs of an instance, newest first");
  addOutputOption(addInstanceOption(history));
  examples(history, [["kplan plan history -o json", "everything that is kept of each run"]]);
  history.action((options) =>
    run(async () => {
      const { planHistory } = await import("../../../actions/instance/plan-history.ts");
      const session = await deps.connect(clusterFlags(history));
      try {
        const runs = await planHistory(session, instanceOf(options));
        if (options.output) {
          const { printValue } = await import("../../output/values.ts");
          await printValue(runs, options.output, deps.terminal);
        } else {
          const { historyTable } = await import("../../output/history-table.ts");
          deps.terminal.out(historyTable(runs, deps.clock.now()));
        }
        return EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );
};
