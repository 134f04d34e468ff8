import { EXIT } from "../../exit-code.ts";
import { clusterFlags } from "../../global-options.ts";
import { addInstanceOption, addOutputOption } from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan status` */
export const addPlanStatus: AddCommand = (plan, deps, run) => {
  const status = plan.command("status").description("show how the plans of an instance stand");
  addOutputOption(addInstanceOption(status));
  examples(status, [["kplan plan status", "the tree of plans, phases and steps"]]);
  status.action((options) =>
    run(async () => {
      const { planStatus } = await import("../../../actions/instance/plan-status.ts");
      const session = await deps.connect(clusterFlags(status));
      try {
        const view = await planStatus(session, instanceOf(options));
        if (options.output) {
          const { printValue } = await import("../../output/values.ts");
          const { simulated } = session.cluster;
          const value = simulated ? { ...view, simulated } : view;
          await printValue(value, options.output, deps.terminal);
        } else {
          const { planTree } = await import("../../output/plan-tree.ts");
          const { runFindings } = await import("../../output/run-findings.ts");
          const { childrenText } = await import("../../output/children-text.ts");
          deps.terminal.out(`${planTree(view)}${childrenText(view)}${runFindings(view)}`);
        }
        return EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );
};
