import { addInstanceOption, addOutputOption } from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { control } from "./control.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan skip STEP` */
export const addPlanSkip: AddCommand = (plan, deps, run) => {
  const skip = plan
    .command("skip")
    .argument("<step>", "STEP, PHASE.STEP or PLAN.PHASE.STEP of the newest run")
    .description("leave out a step of the newest run; what it had written stays");
  addOutputOption(addInstanceOption(skip));
  examples(skip, [
    ["kplan plan skip nodes.warm-up", "under way or yet to come: the run goes on without it"],
  ]);
  skip.action((step: string, options) =>
    run(async () => {
      const { skipStep } = await import("../../../actions/control/skip-step.ts");
      const act = (ctx: Parameters<typeof skipStep>[0]): ReturnType<typeof skipStep> =>
        skipStep(ctx, { ...instanceOf(options), step });
      return control(skip, { options, words: ["plan", "skip", step], act }, deps);
    }),
  );
};
