import { actionContext } from "../../action-context.ts";
import { exitCodeOfOutcome } from "../../exit-code.ts";
import { clusterFlags, durationArgument } from "../../global-options.ts";
import { addInstanceOption, addOutputOption } from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan wait` */
export const addPlanWait: AddCommand = (plan, deps, run) => {
  const wait = plan
    .command("wait")
    .description("wait until the newest run has ended, and exit as it did")
    .option(
      "--timeout <duration>",
      "give up after this long (exit 3; the run goes on)",
      durationArgument,
    );
  addOutputOption(addInstanceOption(wait));
  examples(wait, [
    ["kplan plan wait && echo ready", "says nothing when the run is complete"],
    ["kplan plan wait --timeout 10m -o json", "how it ended, for programs"],
  ]);
  wait.action((options) =>
    run(async () => {
      const { attachRun } = await import("../../../actions/control/attach-run.ts");
      const session = await deps.connect(clusterFlags(wait));
      const stop = new AbortController();
      const unlisten = deps.onInterrupt(() => stop.abort());
      try {
        const ctx = await actionContext(session, deps, {
          options,
          command: ["plan", "wait"],
          stop: stop.signal,
        });
        const timeout: number | undefined = options.timeout;
        const result = await attachRun(ctx, {
          ...instanceOf(options),
          ...(timeout !== undefined && { timeout }),
        });
        if (result.kind !== "attached") throw new Error(`waiting gave ${result.kind}`);
        const { simulated } = session.cluster;
        if (options.output) {
          const { printValue } = await import("../../output/values.ts");
          const value = simulated ? { ...result.outcome, simulated } : result.outcome;
          await printValue(value, options.output, deps.terminal);
        } else if (result.outcome.result !== "complete") {
          const { outcomeText } = await import("../../output/outcome-text.ts");
          deps.terminal.err(`${outcomeText(result.outcome, simulated)}\n`);
        }
        return exitCodeOfOutcome(result.outcome);
      } finally {
        unlisten();
        session.cluster.close();
      }
    }),
  );
};
