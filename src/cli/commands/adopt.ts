import { EXIT } from "../exit-code.ts";
import { clusterFlags } from "../global-options.ts";
import { addOutputOption } from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan adopt [INSTANCE]` */
export const addAdopt: AddCommand = (program, deps, run) => {
  const command = program
    .command("adopt")
    .argument("[instance]", "may be left out when the namespace has exactly one")
    .description(
      "take over an instance that KUDO made: its package, its parameters and what it has made; no object of it is touched",
    );
  addOutputOption(command).option(
    "--dry-run",
    "say what would be taken over (exit 10), and write nothing",
  );
  examples(command, [
    ["kplan adopt db --dry-run", "what KUDO made, how far its plans are"],
    ["kplan adopt db", "go on with it under kplan; no pod restarts"],
    ["kplan init --migrate", "all instances of the cluster"],
  ]);
  command.action((instance: string | undefined, options) =>
    run(async () => {
      const session = await deps.connect(clusterFlags(command));
      try {
        const [{ adopt }, { actionContext }] = await Promise.all([
          import("../../actions/adopt/adopt.ts"),
          import("../action-context.ts"),
        ]);
        const ctx = await actionContext(session, deps, {
          options,
          command: ["adopt", ...(instance === undefined ? [] : [instance])],
          show: (event) => {
            if (event.type === "warning") deps.terminal.err(`warning: ${event.message}\n`);
          },
        });
        const adoption = await adopt(ctx, {
          ...(instance !== undefined && { instance }),
          dryRun: options.dryRun === true,
        });
        if (options.output) {
          const { printValue } = await import("../output/values.ts");
          const { simulated } = session.cluster;
          await printValue(
            { ...adoption, ...(simulated && { simulated }) },
            options.output,
            deps.terminal,
          );
        } else {
          const { adoptionText } = await import("../output/adoption-text.ts");
          deps.terminal.out(adoptionText(adoption, deps.terminal));
        }
        return adoption.state === "would-adopt" ? EXIT.changes : EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );
};
