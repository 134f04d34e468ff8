import { drive } from "../drive.ts";
import { clusterFlags } from "../global-options.ts";
import { queued } from "../queued.ts";
import {
  addInstanceOption,
  addMeterOption,
  addOutputOption,
  addQueueOption,
  addRunOptions,
  addValueOptions,
  givenValues,
} from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan update -p NAME=VALUE` */
export const addUpdate: AddCommand = (program, deps, run) => {
  const command = program
    .command("update")
    .description("change parameters of an instance and run the plans that the changes trigger");
  addInstanceOption(command);
  addValueOptions(command, true);
  addRunOptions(command);
  addQueueOption(command);
  addMeterOption(command);
  addOutputOption(command);
  examples(command, [
    ["kplan update -p NODE_COUNT=5", "scale the only instance of the namespace"],
    ["kplan update --instance db -P values.yaml", "many values at once"],
    ["kplan update --unset NODE_COUNT", "back to the default"],
    ["kplan update -p NODE_COUNT=5 --dry-run", "what it would write"],
  ]);
  command.action((options) =>
    run(async () => {
      const values = await givenValues(options, deps);
      const { update } = await import("../../actions/change/update.ts");
      return drive(
        {
          flags: clusterFlags(command),
          options,
          command: ["update"],
          act: (ctx) =>
            queued(options, ctx, (ready) =>
              update(ready, {
                ...(options.instance && { instance: options.instance }),
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
