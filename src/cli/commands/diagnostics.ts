import { EXIT } from "../exit-code.ts";
import { clusterFlags } from "../global-options.ts";
import { addInstanceOption } from "../run-options.ts";
import { addBundleOptions, openBundle } from "../write-bundle.ts";
import { type AddCommand, examples } from "./command.ts";

/** `kplan diagnostics collect` */
export const addDiagnostics: AddCommand = (program, deps, run) => {
  const parent = program
    .command("diagnostics")
    .description("gather what there is to know of an instance, for somebody else to look at");
  const collect = parent
    .command("collect")
    .description("write an instance's objects, logs and runs into a folder; no Secrets");
  addBundleOptions(addInstanceOption(collect));
  examples(collect, [
    ["kplan diagnostics collect", "into ./diag"],
    ["kplan diagnostics collect -O /tmp/case-7 --log-since 1h", "elsewhere, the last hour of logs"],
  ]);
  collect.action((options) =>
    run(async () => {
      const { collectDiagnostics } = await import(
        "../../actions/diagnostics/collect-diagnostics.ts"
      );
      const session = await deps.connect(clusterFlags(collect));
      try {
        const { namespace, cluster } = session;
        const { findInstance } = await import("../../actions/instance/find-instance.ts");
        const instance = (await findInstance(session, options.instance)).metadata.name;
        const folder: string = options.outputDirectory;
        const { problems } = await collectDiagnostics(session, {
          instance,
          ...(options.logSince !== undefined && { since: options.logSince }),
          version: {
            ...{ kplan: deps.version, node: process.version },
            platform: `${process.platform}/${process.arch}`,
            kubernetes: (await cluster.capabilities()).KubeVersion,
          },
          settings: { namespace, server: cluster.server, simulated: cluster.simulated },
          write: await openBundle(folder),
        });
        for (const problem of problems) deps.terminal.err(`${problem}\n`);
        deps.terminal.out(`diagnostics of ${instance} are in ${folder}\n`);
        return problems.length === 0 ? EXIT.ok : EXIT.failed;
      } finally {
        session.cluster.close();
      }
    }),
  );
};
