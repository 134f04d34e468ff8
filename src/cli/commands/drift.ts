import { drive } from "../drive.ts";
import { EXIT } from "../exit-code.ts";
import { clusterFlags } from "../global-options.ts";
import { addInstanceOption, addOutputOption, addRunOptions } from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan drift` */
export const addDrift: AddCommand = (program, deps, run) => {
  const command = program
    .command("drift")
    .description(
      "show what differs between the live objects and what the instance's runs applied last (exit 10: something does)",
    );
  addInstanceOption(command);
  addOutputOption(command).option(
    "--fix",
    "apply again what differs, and no more, as a run under the rules of its steps",
  );
  addRunOptions(command);
  examples(command, [
    ["kplan drift", "object by object: field, what was applied, what is there, who changed it"],
    ["kplan drift --fix --dry-run", "what a fix would write"],
    ["kplan drift --fix", "take back what others changed, pod by pod where the step says so"],
  ]);
  command.action((options) =>
    run(async () => {
      const { drift, fix } = await import("../../actions/drift/drift.ts");
      const which = options.instance === undefined ? {} : { instance: options.instance };
      const flags = clusterFlags(command);
      if (options.fix === true)
        return drive(
          {
            flags,
            options,
            command: ["drift", "--fix"],
            act: (ctx) => fix(ctx, { ...which, dryRun: options.dryRun === true }),
          },
          deps,
        );
      const session = await deps.connect(flags);
      try {
        const { actionContext } = await import("../action-context.ts");
        const ctx = await actionContext(session, deps, { options, command: ["drift"] });
        const report = await drift(ctx, which);
        if (options.output) {
          const { printValue } = await import("../output/values.ts");
          const { simulated } = session.cluster;
          await printValue(
            simulated ? { ...report, simulated } : report,
            options.output,
            deps.terminal,
          );
        } else {
          const { driftText } = await import("../output/drift-text.ts");
          deps.terminal.out(driftText(report, deps.terminal, deps.clock.now()));
        }
        if (report.objects.length > 0) return EXIT.changes;
        return report.unknown.length > 0 ? EXIT.failed : EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );
};
