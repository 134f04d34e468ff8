import { drive } from "../drive.ts";
import { EXIT } from "../exit-code.ts";
import { clusterFlags } from "../global-options.ts";
import {
  addInstanceOption,
  addMeterOption,
  addOutputOption,
  addRunOptions,
} from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan plan status | history | trigger` */
export const addPlan: AddCommand = (program, deps, run) => {
  const plan = program.command("plan").description("look at and run the plans of an instance");

  const status = plan.command("status").description("show how the plans of an instance stand");
  addOutputOption(addInstanceOption(status));
  examples(status, [["kplan plan status", "the tree of plans, phases and steps"]]);
  status.action((options) =>
    run(async () => {
      const { planStatus } = await import("../../actions/plan-status.ts");
      const session = await deps.connect(clusterFlags(status));
      try {
        const view = await planStatus(session, instanceOf(options));
        if (options.output) {
          const { printValue } = await import("../output/values.ts");
          const { simulated } = session.cluster;
          const value = simulated ? { ...view, simulated } : view;
          await printValue(value, options.output, deps.terminal);
        } else {
          const { planTree } = await import("../output/plan-tree.ts");
          const { runFindings } = await import("../output/run-findings.ts");
          deps.terminal.out(`${planTree(view)}${runFindings(view)}`);
        }
        return EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );

  const history = plan.command("history").description("list the runs of an instance, newest first");
  addOutputOption(addInstanceOption(history));
  examples(history, [["kplan plan history -o json", "everything that is kept of each run"]]);
  history.action((options) =>
    run(async () => {
      const { planHistory } = await import("../../actions/plan-history.ts");
      const session = await deps.connect(clusterFlags(history));
      try {
        const runs = await planHistory(session, instanceOf(options));
        if (options.output) {
          const { printValue } = await import("../output/values.ts");
          await printValue(runs, options.output, deps.terminal);
        } else {
          const { historyTable } = await import("../output/history-table.ts");
          deps.terminal.out(historyTable(runs, deps.clock.now()));
        }
        return EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );

  const trigger = plan
    .command("trigger")
    .argument("<plan>", "name of a plan of the operator")
    .description("run a plan with the parameters as they are");
  addInstanceOption(trigger);
  addRunOptions(trigger);
  addMeterOption(trigger);
  addOutputOption(trigger);
  examples(trigger, [["kplan plan trigger smoke", "run the plan `smoke`"]]);
  trigger.action((name: string, options) =>
    run(async () => {
      const { triggerPlan } = await import("../../actions/trigger-plan.ts");
      return drive(
        {
          flags: clusterFlags(trigger),
          options,
          command: ["plan", "trigger", name],
          act: (ctx) =>
            triggerPlan(ctx, {
              ...instanceOf(options),
              plan: name,
              dryRun: options.dryRun === true,
              allow: options.allow ?? [],
            }),
        },
        deps,
      );
    }),
  );
};

function instanceOf(options: { instance?: string }): { instance?: string } {
  return options.instance === undefined ? {} : { instance: options.instance };
}
