import type { Command } from "commander";
import { getInstance } from "../../../actions/instance/find-instance.ts";
import { KplanError } from "../../../model/kplan-error.ts";
import { storedPlanStatus } from "../../../store/instance-status.ts";
import { actionContext } from "../../action-context.ts";
import type { AddCommand } from "../../commands/command.ts";
import type { CliDeps, Session } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { givenValues } from "../../run-options.ts";
import { wantedVersions } from "../../source-options.ts";
import { driveKudo } from "../drive-kudo.ts";
import { installedLines, readInstalled } from "../installed-lines.ts";
import {
  addKudoValueOptions,
  addReplaceOption,
  addVersionOptions,
  addWaitOptions,
  usage,
} from "../kudo-options.ts";
import { withSession } from "../with-session.ts";

/** `kubectl kudo install PACKAGE` */
export const addKudoInstall: AddCommand = (program, deps, run) => {
  const command = program
    .command("install")
    .argument(
      "[package]",
      "a folder or .tgz (with a / in it), an address, or a name in the repository",
    )
    .description("install a package as an instance")
    .allowExcessArguments()
    .option("--instance <name>", "the name of the instance (default: OPERATOR-instance)")
    .option("--skip-instance", "install the Operator and the OperatorVersion, and no Instance")
    .option("--create-namespace", "create the namespace when it is not there")
    .option("--in-cluster", "take an operator that is installed in the namespace already");
  addReplaceOption(addWaitOptions(addVersionOptions(addKudoValueOptions(command))));
  command.action((source: string | undefined, options) =>
    run(async () => {
      if (source === undefined || command.args.length !== 1)
        throw usage("expecting exactly one argument - name of the package or path to install");
      if (options.inCluster && (options.skipInstance || options.repo))
        throw usage(
          "you can't use skip-instance or repo option when installing from in-cluster operators",
        );
      const values = await givenValues(options, deps);
      if (options.skipInstance) return await installWithoutInstance(source, command, deps);
      const { install } = await import("../../../actions/change/install.ts");
      return withSession(
        command,
        deps,
        async (session) => {
          const before = await readInstalled(session);
          const named: string | undefined = options.instance;
          if (named !== undefined) await refuseComplete(session, named);
          let made: string | undefined;
          await driveKudo(
            {
              instance: named,
              command: ["install", source],
              options: command.optsWithGlobals(),
              act: async (ctx) => {
                const result = await install(ctx, {
                  source,
                  versions: wantedVersions(options),
                  inCluster: options.inCluster === true,
                  ...(named !== undefined && { instance: named }),
                  values,
                  createNamespace: options.createNamespace === true,
                  replaceVersion: options.replaceVersion === true,
                  // As KUDO: an instance takes over the claims that an earlier one of its name left.
                  reuseClaims: true,
                });
                if (result.kind === "nothing-to-do")
                  throw isThere(session, result.message.split(" ")[0]);
                return result;
              },
              begun: async (run) => {
                made = run?.instance;
                const after = await readInstalled(session);
                const { namespace } = session;
                deps.terminal.out(installedLines(namespace, before, after, run?.operatorVersion));
                if (made !== undefined)
                  deps.terminal.out(`instance ${namespace}/${made} created\n`);
              },
            },
            session,
            deps,
          );
          if (options.wait && made !== undefined)
            deps.terminal.out(`instance ${session.namespace}/${made} ready\n`);
          return EXIT.ok;
        },
        { needsDefinitions: false },
      );
    }),
  );
};

/** `--skip-instance`: the package and what it needs, and no instance. */
async function installWithoutInstance(
  source: string,
  command: Command,
  deps: CliDeps,
): Promise<number> {
  const { installVersion } = await import("../../../actions/change/install-version.ts");
  const options = command.optsWithGlobals();
  const check = { needsDefinitions: false };
  return withSession(
    command,
    deps,
    async (session) => {
      const before = await readInstalled(session);
      const ctx = await actionContext(session, deps, {
        options,
        command: ["install", source],
        show: (event) => {
          if (event.type === "warning") deps.terminal.err(`warning: ${event.message}\n`);
        },
      });
      const versions = await installVersion(ctx, {
        source,
        versions: wantedVersions(options),
        createNamespace: options.createNamespace === true,
        replaceVersion: options.replaceVersion === true,
      });
      const after = await readInstalled(session);
      const own = versions.at(-1)?.operatorVersion;
      deps.terminal.out(installedLines(session.namespace, before, after, own));
      return EXIT.ok;
    },
    check,
  );
}

/** An instance of that name whose `deploy` is complete is KUDO's error; an install that was left unfinished goes on, for nobody else will finish it. */
async function refuseComplete(session: Session, name: string): Promise<void> {
  const instance = await getInstance(session.cluster, session.namespace, name);
  const deploy = instance && storedPlanStatus(instance).find((plan) => plan.name === "deploy");
  if (instance && deploy?.status === "COMPLETE") throw isThere(session, name);
}

function isThere({ namespace }: Session, name = ""): KplanError {
  return new KplanError(
    "instance-exists",
    `cannot install instance '${name}' because an instance of that name already exists in namespace ${namespace}`,
    {
      kind: "bad-input",
      hint: `\`kplan update --instance ${name} -p NAME=VALUE\` changes its parameters; --instance gives a new one another name`,
    },
  );
}
