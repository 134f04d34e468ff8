import { KplanError } from "../../../model/kplan-error.ts";
import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { addBundleOptions, openBundle } from "../../write-bundle.ts";
import { clientVersion } from "../client-version.ts";
import { group } from "../group.ts";
import { required } from "../kudo-options.ts";
import { withSession } from "../with-session.ts";

/** `kubectl kudo diagnostics collect --instance NAME` */
export const addKudoDiagnostics: AddCommand = (program, deps, run) => {
  const parent = group(program, "diagnostics", "gather what there is to know of an instance");
  const command = parent
    .command("collect")
    .description("write an instance's objects, logs and runs into a folder; no Secrets")
    .allowExcessArguments()
    .option("--instance <name>", "the name of the instance");
  addBundleOptions(command);
  command.action((options) =>
    run(async () => {
      required(options, "instance");
      const { findInstance } = await import("../../../actions/instance/find-instance.ts");
      const { collectDiagnostics } = await import(
        "../../../actions/diagnostics/collect-diagnostics.ts"
      );
      return withSession(command, deps, async (session) => {
        const { cluster, namespace } = session;
        await findInstance(session, options.instance);
        const { problems } = await collectDiagnostics(session, {
          instance: options.instance,
          ...(options.logSince !== undefined && { since: options.logSince }),
          version: clientVersion(deps.version),
          settings: { namespace, server: cluster.server, simulated: cluster.simulated },
          write: await openBundle(options.outputDirectory),
        });
        if (problems.length === 0) return EXIT.ok;
        throw new KplanError("not-all", problems.join("\n"));
      });
    }),
  );
};
