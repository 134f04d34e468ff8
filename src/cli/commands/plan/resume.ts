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

/** `kplan plan resume` */
export const addPlanResume: AddCommand = (plan, deps, run) => {
  const resume = plan
    .command("resume")
    .description("go on with the newest run that was paused, interrupted or timed out");
  addInstanceOption(resume);
  addRunOptions(resume);
  addMeterOption(resume);
  addOutputOption(resume);
  examples(resume, [
    ["kplan plan resume", "with the package and the parameters that the run began with"],
    ["kplan plan resume --step-timeout 2h", "with more time for each step"],
  ]);
  resume.action((options) =>
    run(async () => {
      const { resumeRun } = await import("../../../actions/control/resume-run.ts");
      return drive(
        {
          flags: clusterFlags(resume),
          options,
          command: ["plan", "resume"],
          act: (ctx) =>
            resumeRun(ctx, {
              ...instanceOf(options),
              dryRun: options.dryRun === true,
              allow: options.allow ?? [],
            }),
        },
        deps,
      );
    }),
  );
};
