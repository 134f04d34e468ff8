import { drive } from "../../drive.ts";
import { clusterFlags } from "../../global-options.ts";
import { addInstanceOption, addOutputOption } from "../../run-options.ts";
import { type AddCommand, examples } from "../command.ts";
import { instanceOf } from "./instance-of.ts";

/** `kplan plan attach` */
export const addPlanAttach: AddCommand = (plan, deps, run) => {
  const attach = plan
    .command("attach")
    .description("show the newest run as it goes on, wherever it is driven; Ctrl-C only detaches");
  addOutputOption(addInstanceOption(attach));
  examples(attach, [["kplan plan attach", "ends as the run does, with its exit code"]]);
  attach.action((options) =>
    run(async () => {
      const { attachRun } = await import("../../../actions/control/attach-run.ts");
      return drive(
        {
          flags: clusterFlags(attach),
          options,
          command: ["plan", "attach"],
          atInterrupt: "detached; the run goes on",
          act: (ctx) => attachRun(ctx, instanceOf(options)),
        },
        deps,
      );
    }),
  );
};
