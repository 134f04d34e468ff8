import type { Command } from "commander";
import type { InstalledVersion } from "../actions/change/install-version.ts";
import { actionContext } from "./action-context.ts";
import type { CliDeps } from "./deps.ts";
import { EXIT } from "./exit-code.ts";
import { clusterFlags } from "./global-options.ts";
import { wantedVersions } from "./source-options.ts";

/** `kplan install --skip-instance`: keeps a package and what it needs in the cluster. Returns the exit code. */
export async function installWithoutInstance(
  source: string,
  command: Command,
  deps: CliDeps,
): Promise<number> {
  const { installVersion } = await import("../actions/change/install-version.ts");
  const options = command.opts();
  const session = await deps.connect(clusterFlags(command));
  try {
    const ctx = await actionContext(session, deps, {
      options,
      command: ["install", source],
      show: (event) => {
        if (event.type === "warning") deps.terminal.err(`warning: ${event.message}\n`);
      },
    });
    const dryRun = options.dryRun === true;
    const versions = await installVersion(ctx, {
      source,
      versions: wantedVersions(options),
      createNamespace: options.createNamespace === true,
      replaceVersion: options.replaceVersion === true,
      dryRun,
    });
    if (options.output) {
      const { printValue } = await import("./output/values.ts");
      const simulated = session.cluster.simulated && { simulated: true };
      await printValue({ ...simulated, dryRun, versions }, options.output, deps.terminal);
    } else for (const version of versions) deps.terminal.out(`${lineOf(version, dryRun)}\n`);
    return dryRun && versions.some(({ change }) => change !== "present") ? EXIT.changes : EXIT.ok;
  } finally {
    session.cluster.close();
  }
}

function lineOf({ operatorVersion, change }: InstalledVersion, dryRun: boolean): string {
  const words = {
    created: dryRun ? "would be created" : "created",
    replaced: dryRun ? "would be replaced" : "replaced",
    present: "is there already",
  };
  return `OperatorVersion ${operatorVersion} ${words[change]}`;
}
