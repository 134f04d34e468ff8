import { addInstanceOption, addOutputOption } from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { control } from "./control.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan cancel` */
export const addPlanCancel: AddCommand = (plan, deps, run) => {
  const cancel = plan
    .command("cancel")
    .description("give the newest run up and say where things stand; nothing is undone");
  addOutputOption(addInstanceOption(cancel));
  examples(cancel, [
    ["kplan plan cancel", "no further write begins"],
    ["kplan plan cancel -o json", "where things stand, for programs"],
  ]);
  cancel.action((options) =>
    run(async () => {
      const { cancelRun } = await import("../../../actions/control/stop-run.ts");
      const act = (ctx: Parameters<typeof cancelRun>[0]): ReturnType<typeof cancelRun> =>
        cancelRun(ctx, instanceOf(options));
      return control(cancel, { options, words: ["plan", "cancel"], act }, deps);
    }),
  );
};
