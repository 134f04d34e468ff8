import { drive } from "../../drive.ts";
import { clusterFlags } from "../../global-options.ts";
import { queued } from "../../queued.ts";
import {
  addInstanceOption,
  addMeterOption,
  addOutputOption,
  addQueueOption,
  addRunOptions,
  addValueOptions,
  givenValues,
} from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan trigger PLAN` */
export const addPlanTrigger: AddCommand = (plan, deps, run) => {
  const trigger = plan
    .command("trigger")
    .argument("<plan>", "name of a plan of the operator")
    .description("run a plan with the parameters as they are, or with others for this run alone");
  addInstanceOption(trigger);
  addValueOptions(trigger, false);
  addRunOptions(trigger);
  addQueueOption(trigger);
  addMeterOption(trigger);
  addOutputOption(trigger);
  examples(trigger, [
    ["kplan plan trigger smoke", "run the plan `smoke`"],
    ["kplan plan trigger backup -p KEEP=3", "with another value, which the instance does not keep"],
  ]);
  trigger.action((name: string, options) =>
    run(async () => {
      const values = await givenValues(options, deps);
      const { triggerPlan } = await import("../../../actions/change/trigger-plan.ts");
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
                values,
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
