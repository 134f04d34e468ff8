import { drive } from "../drive.ts";
import { clusterFlags, countArgument } from "../global-options.ts";
import { queued } from "../queued.ts";
import {
  addInstanceOption,
  addMeterOption,
  addOutputOption,
  addQueueOption,
  addRunOptions,
} from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan rollback [RUN]` */
export const addRollback: AddCommand = (program, deps, run) => {
  const command = program
    .command("rollback")
    .argument("[run]", "number of a run, as `plan history` lists them", countArgument)
    .description("go back to the parameters and the operator version of an earlier run");
  addInstanceOption(command);
  addRunOptions(command);
  addQueueOption(command);
  addMeterOption(command);
  addOutputOption(command);
  examples(command, [
    ["kplan rollback", "to the last complete run before what is wanted now"],
    ["kplan rollback 4", "to run 4, complete or not"],
    ["kplan rollback --dry-run", "what it would write"],
  ]);
  command.action((number: number | undefined, options) =>
    run(async () => {
      const { rollback } = await import("../../actions/control/rollback.ts");
      return drive(
        {
          flags: clusterFlags(command),
          options,
          command: ["rollback", ...(number === undefined ? [] : [String(number)])],
          act: (ctx) =>
            queued(options, ctx, (ready) =>
              rollback(ready, {
                ...(options.instance && { instance: options.instance }),
                ...(number !== undefined && { run: number }),
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
