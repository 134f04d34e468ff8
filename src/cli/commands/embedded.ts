import { EXIT } from "../exit-code.ts";
import { addOutputOption } from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan embedded start | stop | status | reset | kubeconfig` */
export const addEmbedded: AddCommand = (program, deps, run) => {
  const parent = program
    .command("embedded")
    .description("the embedded cluster: a small Kubernetes API server whose pods are simulated");
  examples(parent, [
    ['kubectl --kubeconfig "$(kplan embedded kubeconfig)" get pods', "look into it with kubectl"],
    ["kplan embedded reset", "forget everything in it"],
  ]);

  parent
    .command("start")
    .description("start it unless it runs")
    .action(() =>
      run(async () => {
        const state = await deps.embedded.start();
        deps.terminal.out(`running at ${state.server ?? "?"} (pid ${state.pid ?? "?"})\n`);
        return EXIT.ok;
      }),
    );

  parent
    .command("stop")
    .description("stop it; what it holds stays")
    .action(() =>
      run(async () => {
        const stopped = await deps.embedded.stop();
        deps.terminal.out(stopped ? "stopped\n" : "it was not running\n");
        return EXIT.ok;
      }),
    );

  const status = parent.command("status").description("tell whether it runs, and where");
  addOutputOption(status).action((options) =>
    run(async () => {
      const state = await deps.embedded.status();
      if (options.output) {
        const { printValue } = await import("../output/values.ts");
        await printValue(state, options.output, deps.terminal);
      } else if (state.running) {
        deps.terminal.out(
          `running at ${state.server ?? "?"} (pid ${state.pid ?? "?"}, kplan ${state.version ?? "?"}), data in ${state.dataDir}\n`,
        );
      } else {
        deps.terminal.out(`not running, data in ${state.dataDir}\n`);
      }
      return EXIT.ok;
    }),
  );

  parent
    .command("reset")
    .description("stop it and delete everything it holds")
    .action(() =>
      run(async () => {
        await deps.embedded.reset();
        deps.terminal.out("reset\n");
        return EXIT.ok;
      }),
    );

  parent
    .command("kubeconfig")
    .description("start it unless it runs, and print the path of its kubeconfig")
    .action(() =>
      run(async () => {
        const { kubeconfig } = await deps.embedded.start();
        deps.terminal.out(`${kubeconfig}\n`);
        return EXIT.ok;
      }),
    );
};
