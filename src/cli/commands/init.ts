import { refText } from "../../model/kube-object.ts";
import { actionContext } from "../action-context.ts";
import { EXIT } from "../exit-code.ts";
import { clusterFlags } from "../global-options.ts";
import { addOutputOption } from "../run-options.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan init` */
export const addInit: AddCommand = (program, deps, run) => {
  const command = program
    .command("init")
    .description("install the custom resource definitions that instances are kept in");
  addOutputOption(command)
    .option("--dry-run", "say what would be done; with -o print the definitions")
    .option("--migrate", "also remove the webhook of a KUDO that no longer runs");
  examples(command, [
    ["kplan init", "once per cluster, by an administrator"],
    ["kplan init --dry-run -o yaml", "the definitions, for review; no cluster is asked"],
  ]);
  command.action((options) =>
    run(async () => {
      const { crdManifests, initCluster } = await import("../../actions/init-cluster.ts");
      if (options.dryRun && options.output) {
        const { printValue } = await import("../output/values.ts");
        for (const manifest of crdManifests()) {
          if (options.output === "yaml") deps.terminal.out("---\n");
          await printValue(manifest, options.output, deps.terminal);
        }
        return EXIT.ok;
      }
      const session = await deps.connect(clusterFlags(command));
      try {
        const result = await initCluster(
          await actionContext(session, deps, { options, command: ["init"] }),
          { dryRun: options.dryRun === true, migrate: options.migrate === true },
        );
        const would = options.dryRun ? "would be " : "";
        for (const ref of result.created) deps.terminal.out(`${refText(ref)} ${would}created\n`);
        for (const ref of result.unchanged) deps.terminal.out(`${refText(ref)} unchanged\n`);
        for (const ref of result.removed) deps.terminal.out(`${refText(ref)} ${would}removed\n`);
        const changes = result.created.length + result.removed.length > 0;
        return options.dryRun && changes ? EXIT.changes : EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );
};
