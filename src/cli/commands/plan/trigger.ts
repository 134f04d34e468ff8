import { drive } from "../../drive.ts";
import { clusterFlags } from "../../global-options.ts";
import { queued } from "../../queued.ts";
import {
  addInstanceOption,
  addMeterOption,
  addOutputOption,
  addQueueOption,
  addRunOptions,
} from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan trigger PLAN` */
export const addPlanTrigger: AddCommand = (plan, deps, run) => {
  const trigger = plan
    .command("trigger")
    .argument("<plan>", "name of a plan of the operator")
    .description("run a plan with the parameters as they are");
  addInstanceOption(trigger);
  addRunOptions(trigger);
  addQueueOption(trigger);
  addMeterOption(trigger);
  addOutputOption(trigger);
  examples(trigger, [["kplan plan trigger smoke", "run the plan `smoke`"]]);
  trigger.action((name: string, options) =>
    run(async () => {
      const { triggerPlan } = await import("../../../actions/trigger-plan.ts");
      return drive(
        {
          flags: clusterFlags(trigger),
          options,
          command: ["plan", "trigger", name],
          act: (ctx) =>
            queued(options, ctx, (ready) =>
              triggerPlan(ready, {
                ...instanceOf(options),
                plan: name,
                dryRun: options.dryRun === true,
                allow: options.allow ?? [],
              }),
            ),
        },
        deps,
      );
    }),
  );
};
