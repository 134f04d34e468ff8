import type { Command } from "commander";
import type { InitRequest } from "../../../actions/init-cluster.ts";
import { KplanError } from "../../../model/kplan-error.ts";
import { actionContext } from "../../action-context.ts";
import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { kudoHome } from "../../source-options.ts";
import {
  addKudoOutputOption,
  countArgument,
  kudoClusterFlags,
  outputOf,
  usage,
} from "../kudo-options.ts";
import { printList } from "../views/print-output.ts";
import { withSession } from "../with-session.ts";

/** What `--migrate` asks for. */
function migrationOf(
  options: Readonly<Record<string, unknown>>,
  command: Command,
): Pick<InitRequest, "migrate"> {
  if (options.migrate !== true) return {};
  const { namespace } = kudoClusterFlags(command);
  const removeController = options.removeController === true;
  return { migrate: { removeController, ...(namespace !== undefined && { namespace }) } };
}

/** Flags about KUDO's controller, by the names that commander gives them. */
const ABOUT_CONTROLLER: Readonly<Record<string, string>> = {
  version: "--version",
  kudoImage: "--kudo-image",
  kudoImagePullPolicy: "--kudo-image-pull-policy",
  serviceAccount: "--service-account",
  unsafeSelfSignedWebhookCa: "--unsafe-self-signed-webhook-ca",
};

/** `kubectl kudo init` */
export const addKudoInit: AddCommand = (program, deps, run) => {
  const command = program
    .command("init")
    .description("install KUDO's definitions, and set up the configuration of repositories")
    .allowExcessArguments()
    .option("-c, --client-only", "only set up the configuration of repositories")
    .option("--crd-only", "only the definitions")
    .option("--dry-run", "install nothing; with -o print the definitions")
    .option("--upgrade", "the same as without it: definitions that are there are left alone")
    .option("--verify", "only look whether the definitions are installed")
    .option("--version <version>", "of no meaning: kplan has no controller")
    .option("-i, --kudo-image <image>", "of no meaning")
    .option("--kudo-image-pull-policy <policy>", "of no meaning")
    .option("--service-account <name>", "of no meaning")
    .option("--unsafe-self-signed-webhook-ca", "of no meaning")
    .option("-w, --wait", "of no meaning: what is installed is there at once")
    .option("--wait-timeout <seconds>", "of no meaning", countArgument)
    .option("--migrate", "also take over the instances of a KUDO that no longer runs")
    .option("--remove-controller", "with --migrate: also what is left of its controller");
  addKudoOutputOption(command);
  command.action((options) =>
    run(async () => {
      const format = outputOf(options);
      if (command.args.length > 0) throw usage("this command does not accept arguments");
      if (options.clientOnly && (options.crdOnly || options.upgrade || options.verify))
        throw usage("you cannot use client-only with crd-only, upgrade or verify");
      for (const [key, flag] of Object.entries(ABOUT_CONTROLLER))
        if (options[key] !== undefined)
          deps.terminal.err(`${flag} has no meaning: kplan installs no controller\n`);
      const { crdManifests, initCluster } = await import("../../../actions/init-cluster.ts");
      if (options.dryRun && format) {
        if (!options.clientOnly) printList(crdManifests(), format, deps.terminal);
        return EXIT.ok;
      }
      if (!options.crdOnly && !options.dryRun && !options.verify) await initHome();
      if (options.clientOnly) return EXIT.ok;
      const check = { needsDefinitions: options.verify === true };
      return withSession(
        command,
        deps,
        async (session) => {
          if (options.verify) {
            deps.terminal.out("KUDO is installed\n");
            return EXIT.ok;
          }
          const dryRun = options.dryRun === true;
          const ctx = await actionContext(session, deps, { options: {}, command: ["init"] });
          const { migration } = await initCluster(ctx, {
            dryRun,
            ...migrationOf(options, command),
          });
          if (migration) {
            const { migrationText } = await import("../../output/adoption-text.ts");
            deps.terminal.out(migrationText(migration, dryRun, deps.terminal));
            if (migration.failed.length > 0)
              throw new KplanError("failed", "not every instance was taken over");
          }
          if (dryRun) return EXIT.ok;
          deps.terminal.out("✅ installed crds\n");
          if (options.crdOnly) return EXIT.ok;
          deps.terminal.err("kplan needs nothing else in the cluster: no controller, no webhook\n");
          deps.terminal.out("✅ KUDO is ready!\n");
          return EXIT.ok;
        },
        check,
      );
    }),
  );

  /** Writes KUDO's file of repositories where there is none. */
  async function initHome(): Promise<void> {
    const { initialRepositories, readRepositories, writeRepositories } = await import(
      "../../../repository/repositories-file.ts"
    );
    const home = kudoHome(command.optsWithGlobals(), deps);
    if (!(await readRepositories(home)).isThere)
      await writeRepositories(home, initialRepositories());
    deps.terminal.out(`$KUDO_HOME has been configured at ${home}\n`);
  }
};
