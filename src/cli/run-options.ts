import { type Command, Option } from "commander";
import type { GivenValues } from "../actions/change/given-values.ts";
import { KplanError } from "../model/kplan-error.ts";
import { DEFAULT_RUN_LIMITS, type RunLimits } from "../model/run.ts";
import type { CliDeps } from "./deps.ts";
import { collect, countArgument, durationArgument } from "./global-options.ts";

/** Adds `-o`: `json` or `yaml` instead of text for people. */
export function addOutputOption(command: Command): Command {
  return command.addOption(
    new Option("-o, --output <format>", "print JSON or YAML").choices(["json", "yaml"]),
  );
}

/** Adds `--instance`, for an instance that is there. */
export function addInstanceOption(command: Command): Command {
  return command.option(
    "--instance <name>",
    "name of the instance (may be left out when the namespace has one)",
  );
}

/** Adds `--instance`, for one that is to be made. */
export function addNewInstanceOption(command: Command): Command {
  return command.option("--instance <name>", "name of the instance (default: OPERATOR-instance)");
}

/** Adds the options that give parameter values. */
export function addValueOptions(command: Command, unset: boolean): Command {
  command
    .option(
      "-p, --parameter <NAME=VALUE>",
      "parameter value; NAME=@file reads a file, NAME=- standard input (repeatable)",
      collect,
    )
    .option("-P, --parameter-file <file>", "YAML file of parameter values (repeatable)", collect);
  return unset
    ? command.option("--unset <NAME>", "back to the parameter's default (repeatable)", collect)
    : command;
}

/** The values that `addValueOptions` received. Throws a bad-input KplanError for a file that cannot be read. */
export async function givenValues(
  options: { parameter?: string[]; parameterFile?: string[]; unset?: string[] },
  deps: CliDeps,
): Promise<GivenValues> {
  const files = await Promise.all(
    (options.parameterFile ?? []).map(async (name) => ({
      name,
      text: await readNamed(name, deps),
    })),
  );
  return {
    set: options.parameter ?? [],
    files,
    unset: options.unset ?? [],
    readFile: deps.readFile,
    readStdin: deps.readStdin,
  };
}

async function readNamed(name: string, deps: CliDeps): Promise<string> {
  try {
    return await deps.readFile(name);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KplanError("no-such-file", `-P ${name}: ${why}`, { kind: "bad-input", cause });
  }
}

/** Adds `--take-over`: for every command that drives an instance. `addRunOptions` adds it too; `actionContext` passes it on. */
function addTakeOverOption(command: Command): Command {
  return command.option(
    "--take-over",
    "drive the instance from here although another kplan does: that one stops at its next write",
  );
}

/** Adds `--queue`; hand the work to `inTurn` when it is given. */
export function addQueueOption(command: Command): Command {
  return command.option(
    "--queue",
    "wait while another run goes on, in order of arrival, and decide anew when the turn comes",
  );
}

/** Adds the options of a command that executes a run. */
export function addRunOptions(command: Command): Command {
  return addTakeOverOption(command)
    .option("--dry-run", "show what would be written, and write nothing (exit 10: changes)")
    .option("--force-conflicts", "take fields that another manager owns")
    .option(
      "--allow <id>",
      "go on although this requirement of the package does not hold (repeatable)",
      collect,
    )
    .option(
      "--node-lost <node>",
      "this machine is surely off: remove the instance's pods on it by force (repeatable)",
      collect,
    )
    .addOption(apiUpgradeOption())
    .option(
      "--pipe-image <image>",
      "image with sh, stat and tar for the pods of Pipe tasks (default: that of the run before, else busybox)",
    )
    .option("--step-timeout <duration>", "limit of a step (default 30m)", durationArgument)
    .option(
      "--stall-timeout <duration>",
      "give a step up after this long without any progress (default 10m)",
      durationArgument,
    )
    .option(
      "--unschedulable-timeout <duration>",
      "bear a pod that cannot be scheduled this long (default 5m)",
      durationArgument,
    )
    .option(
      "--image-timeout <duration>",
      "bear an image that cannot be pulled this long (default 2m)",
      durationArgument,
    )
    .option(
      "--crash-loop-restarts <count>",
      "give up after so many restarts of a container (default 5)",
      countArgument,
    )
    .option(
      "--concurrency <count>",
      "parallel steps and tasks, at most (default 10)",
      countArgument,
    );
}

/** Adds `--meter`; `hidden` where it is only known to be refused with a reason. */
export function addMeterOption(command: Command, hidden = false): Command {
  const option = new Option(
    "--meter",
    "measure what clients feel during the whole run with the package's meter",
  );
  return command.addOption(hidden ? option.hideHelp() : option);
}

/** `--api-upgrade on|off` */
export function apiUpgradeOption(): Option {
  return new Option(
    "--api-upgrade <policy>",
    "apply objects of APIs that the server serves no more in the version that took their place (default: on for KUDO packages)",
  ).choices(["on", "off"]);
}

/** What `--api-upgrade` says; nothing when it is not given. */
export function apiUpgrade({ apiUpgrade: policy }: Record<string, unknown>): {
  readonly apiUpgrade?: boolean;
} {
  return policy === undefined ? {} : { apiUpgrade: policy === "on" };
}

/** What `--pipe-image` says; nothing when it is not given. */
export function pipeImage({ pipeImage: image }: Record<string, unknown>): {
  readonly pipeImage?: string;
} {
  return typeof image === "string" ? { pipeImage: image } : {};
}

/** The nodes that `--node-lost` names. */
export function lostNodes({ nodeLost }: Record<string, unknown>): string[] {
  return Array.isArray(nodeLost) ? nodeLost.map(String) : [];
}

/** The limits that `addRunOptions` received. */
export function runLimits(options: Record<string, unknown>): RunLimits {
  const number = (key: string, fallback: number): number => {
    const value = options[key];
    return typeof value === "number" ? value : fallback;
  };
  return {
    step: number("stepTimeout", DEFAULT_RUN_LIMITS.step),
    noActivity: number("stallTimeout", DEFAULT_RUN_LIMITS.noActivity),
    unschedulable: number("unschedulableTimeout", DEFAULT_RUN_LIMITS.unschedulable),
    imagePull: number("imageTimeout", DEFAULT_RUN_LIMITS.imagePull),
    crashLoopRestarts: number("crashLoopRestarts", DEFAULT_RUN_LIMITS.crashLoopRestarts),
    concurrency: number("concurrency", DEFAULT_RUN_LIMITS.concurrency),
  };
}
