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
    .option(
      "--migrate",
      "also take over the instances of a KUDO that no longer runs (with -n those of one namespace), and remove its webhook",
    )
    .option("--remove-controller", "with --migrate: also remove what is left of KUDO's controller");
  examples(command, [
    ["kplan init", "once per cluster, by an administrator"],
    ["kplan init --dry-run -o yaml", "the definitions, for review; no cluster is asked"],
    [
      "kplan init --migrate --dry-run",
      "which instances of KUDO would be taken over, and how far they are",
    ],
    ["kplan init --migrate", "go on with all of them under kplan; no pod restarts"],
  ]);
  command.action((options) =>
    run(async () => {
      const { crdManifests, initCluster } = await import("../../actions/init-cluster.ts");
      if (options.dryRun && options.output && !options.migrate) {
        const { printValue } = await import("../output/values.ts");
        for (const manifest of crdManifests()) {
          if (options.output === "yaml") deps.terminal.out("---\n");
          await printValue(manifest, options.output, deps.terminal);
        }
        return EXIT.ok;
      }
      const session = await deps.connect(clusterFlags(command));
      try {
        const { namespace } = clusterFlags(command);
        const result = await initCluster(
          await actionContext(session, deps, { options, command: ["init"] }),
          {
            dryRun: options.dryRun === true,
            ...(options.migrate === true && {
              migrate: {
                removeController: options.removeController === true,
                ...(namespace !== undefined && { namespace }),
              },
            }),
          },
        );
        const { created, unchanged, migration } = result;
        if (options.output) {
          const { printValue } = await import("../output/values.ts");
          const { simulated } = session.cluster;
          await printValue(
            { ...result, ...(simulated && { simulated }) },
            options.output,
            deps.terminal,
          );
        } else {
          const would = options.dryRun ? "would be " : "";
          for (const ref of created) deps.terminal.out(`${refText(ref)} ${would}created\n`);
          for (const ref of unchanged) deps.terminal.out(`${refText(ref)} unchanged\n`);
          if (migration) {
            const { migrationText } = await import("../output/adoption-text.ts");
            deps.terminal.out(migrationText(migration, options.dryRun === true, deps.terminal));
          }
        }
        if (migration && migration.failed.length > 0) return EXIT.failed;
        const changes =
          created.length + (migration ? migration.removed.length + migration.adopted.length : 0) >
          0;
        return options.dryRun && changes ? EXIT.changes : EXIT.ok;
      } finally {
        session.cluster.close();
      }
    }),
  );
};
