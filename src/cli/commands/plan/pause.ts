import { addInstanceOption, addOutputOption } from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { control } from "./control.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan pause` */
export const addPlanPause: AddCommand = (plan, deps, run) => {
  const pause = plan
    .command("pause")
    .description("stop the newest run at its next safe point, wherever it is driven");
  addOutputOption(addInstanceOption(pause));
  examples(pause, [["kplan plan pause", "the run can be resumed: kplan plan resume"]]);
  pause.action((options) =>
    run(async () => {
      const { pauseRun } = await import("../../../actions/control/stop-run.ts");
      const act = (ctx: Parameters<typeof pauseRun>[0]): ReturnType<typeof pauseRun> =>
        pauseRun(ctx, instanceOf(options));
      return control(pause, { options, words: ["plan", "pause"], act }, deps);
    }),
  );
};
