import { type Command, InvalidArgumentError, Option } from "commander";
import { KplanError } from "../../model/kplan-error.ts";
import type { ClusterFlags } from "../deps.ts";
import { clusterFlags, collect, durationArgument } from "../global-options.ts";

/** The options that every command of `kubectl kudo` understands (compat section 9), and those of kplan's that say which cluster. */
export function addKudoGlobalOptions(program: Command): Command {
  return program
    .option("--home <folder>", "location of your KUDO config (default: KUDO_HOME, then ~/.kudo)")
    .option("--kubeconfig <file>", "kubeconfig to use (default: KUBECONFIG, then ~/.kube/config)")
    .option("-n, --namespace <name>", "target namespace (default: the context's)")
    .option("--request-timeout <seconds>", "limit of one API request (0: none)", durationArgument)
    .option("--validate-install", "look whether the definitions are installed first (default true)")
    .addOption(new Option("--no-validate-install").hideHelp())
    .option("-v, --v <level>", "1 and more: show each API request on stderr", levelArgument)
    .addOption(new Option("--context <name>", "context of the kubeconfig").hideHelp())
    .addOption(new Option("--embedded", "use the embedded cluster").hideHelp());
}

/** The options of `addKudoGlobalOptions` that say which cluster. */
export function kudoClusterFlags(command: Command): ClusterFlags {
  const { v } = command.optsWithGlobals();
  return { ...clusterFlags(command), verbosity: Math.min(2, Number(v ?? 0)) };
}

/** Adds `-p` and `-P`. */
export function addKudoValueOptions(command: Command): Command {
  return command
    .option(
      "-p, --parameter <name=value>",
      "the parameter name and value separated by '='",
      collect,
    )
    .option("-P, --parameter-file <file>", "a YAML file with parameters", collect);
}

/** Adds `--wait` and `--wait-time`. */
export function addWaitOptions(command: Command): Command {
  return command
    .option("--wait", "be done within the wait time, or give up (kplan waits anyway)")
    .option("--wait-time <seconds>", "the wait time in seconds", countArgument, 300);
}

/** Adds `--app-version`, `--operator-version` and `--repo`: which package of a repository. */
export function addVersionOptions(command: Command): Command {
  return command
    .option("--app-version <version>", "a specific app version (default: the newest)")
    .option("--operator-version <version>", "a specific operator version (default: the newest)")
    .option("--repo <name>", "name of the repository to use (default: the context's)");
}

/** Adds what only kplan has and its errors may ask for. */
export function addReplaceOption(command: Command): Command {
  return command
    .option("--replace-version", "replace a package of the same version whose content differs")
    .option(
      "--pipe-image <image>",
      "image with sh, stat and tar for the pods of Pipe tasks (default: busybox)",
    );
}

/** Adds `-o`; `outputOf` judges it. */
export function addKudoOutputOption(command: Command): Command {
  return command.option("-o, --output <format>", "output format: json or yaml");
}

/** The format asked for. Throws as KUDO does for another word; an empty one is none. */
export function outputOf(options: { readonly output?: string }): "json" | "yaml" | undefined {
  const { output } = options;
  if (output === "json" || output === "yaml") return output;
  if (output === undefined || output === "") return undefined;
  throw usage("invalid output format, only support 'yaml' or 'json' or empty");
}

/** A command line that is not understood. */
export function usage(message: string): KplanError {
  return new KplanError("usage", message, { kind: "bad-input" });
}

/** The value of a flag that must be given. Throws as cobra does. */
export function required(options: Record<string, unknown>, ...names: readonly string[]): void {
  const missing = names.filter((name) => options[name] === undefined || options[name] === "");
  if (missing.length === 0) return;
  throw usage(`required flag(s) ${missing.map((name) => `"${name}"`).join(", ")} not set`);
}

function levelArgument(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

/** Reads a flag that counts. */
export function countArgument(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}
