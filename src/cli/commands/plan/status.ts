import type { Readiness } from "../../../actions/instance/readiness.ts";
import type { Session } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { clusterFlags } from "../../global-options.ts";
import { addInstanceOption, addOutputOption } from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan status` */
export const addPlanStatus: AddCommand = (plan, deps, run) => {
  const status = plan.command("status").description("show how the plans of an instance stand");
  addOutputOption(addInstanceOption(status)).option(
    "--ready",
    "also look at its workloads: exit 1 when one of them is not ready",
  );
  examples(status, [
    ["kplan plan status", "the tree of plans, phases and steps"],
    ["kplan plan status --ready", "whether its workloads are as they should be right now"],
  ]);
  status.action((options) =>
    run(async () => {
      const { planStatus } = await import("../../../actions/instance/plan-status.ts");
      const session = await deps.connect(clusterFlags(status));
      try {
        const view = await planStatus(session, instanceOf(options));
        const seen = options.ready === true ? await look(session, view.instance.name) : undefined;
        if (options.output) {
          const { printValue } = await import("../../output/values.ts");
          const { simulated } = session.cluster;
          const value = {
            ...view,
            ...(seen && { readiness: seen.readiness }),
            ...(simulated && { simulated }),
          };
          await printValue(value, options.output, deps.terminal);
        } else {
          const { planTree } = await import("../../output/plan-tree.ts");
          const { runFindings } = await import("../../output/run-findings.ts");
          const { childrenText } = await import("../../output/children-text.ts");
          deps.terminal.out(`${planTree(view)}${childrenText(view)}${runFindings(view)}`);
          if (seen) deps.terminal.out(`${seen.text}\n`);
        }
        return seen?.readiness.ready === false ? EXIT.failed : EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );
};

async function look(
  session: Session,
  instance: string,
): Promise<{ readonly readiness: Readiness; readonly text: string }> {
  const { readiness, readinessText } = await import("../../../actions/instance/readiness.ts");
  const found = await readiness(session, instance);
  return { readiness: found, text: readinessText(found) };
}
