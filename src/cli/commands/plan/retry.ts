import { drive } from "../../drive.ts";
import { clusterFlags } from "../../global-options.ts";
import {
  addInstanceOption,
  addMeterOption,
  addOutputOption,
  addRunOptions,
} from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan retry [--from STEP]` */
export const addPlanRetry: AddCommand = (plan, deps, run) => {
  const retry = plan
    .command("retry")
    .description(
      "execute the newest run again that failed, timed out, was cancelled or interrupted",
    )
    .option(
      "--from <step>",
      "do this step and all after it over: STEP, PHASE.STEP or PLAN.PHASE.STEP",
    );
  addInstanceOption(retry);
  addRunOptions(retry);
  addMeterOption(retry);
  addOutputOption(retry);
  examples(retry, [
    ["kplan plan retry", "what is complete stays; the rest is executed again"],
    ["kplan plan retry --from nodes.bootstrap", "from a step on, also of a run that is complete"],
  ]);
  retry.action((options) =>
    run(async () => {
      const { retryRun } = await import("../../../actions/control/resume-run.ts");
      const from: string | undefined = options.from;
      return drive(
        {
          flags: clusterFlags(retry),
          options,
          command: ["plan", "retry", ...(from === undefined ? [] : ["--from", from])],
          act: (ctx) =>
            retryRun(ctx, {
              ...instanceOf(options),
              ...(from !== undefined && { from }),
              dryRun: options.dryRun === true,
              allow: options.allow ?? [],
            }),
        },
        deps,
      );
    }),
  );
};
