import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../model/parse-duration.ts";
import type { ClusterFlags } from "./deps.ts";

/** Options that every command understands, before or after its name; the names are kubectl's. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option("-n, --namespace <name>", "namespace of the instance (default: the context's)")
    .option("--kubeconfig <file>", "kubeconfig to use (default: KUBECONFIG, then ~/.kube/config)")
    .option("--context <name>", "context of the kubeconfig")
    .option("--as <user>", "act as this user")
    .option("--as-group <group>", "act as a member of this group (repeatable)", collect)
    .option("--request-timeout <duration>", "limit of one API request, e.g. 30s", durationArgument)
    .option("--embedded", "use the embedded cluster, whatever else is configured")
    .addOption(
      new Option("-v, --verbose", "show each API request on stderr")
        .argParser((_value: string, before: number | undefined) => (before ?? 0) + 1)
        .default(0, "off"),
    );
}

/** The options of `addGlobalOptions` as a command received them. */
export function clusterFlags(command: Command): ClusterFlags {
  const { kubeconfig, context, namespace, as, asGroup, requestTimeout, embedded, verbose } =
    command.optsWithGlobals();
  return {
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
    ...(namespace !== undefined && { namespace }),
    ...(as !== undefined && { as }),
    ...(asGroup !== undefined && { asGroup }),
    ...(requestTimeout !== undefined && { requestTimeout }),
    embedded: embedded === true,
    verbosity: verbose === true ? 1 : Number(verbose ?? 0),
  };
}

/** Gathers a repeatable option. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Reads a duration option into milliseconds; a bare number counts seconds, as kubectl's does. */
export function durationArgument(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError("expected a duration such as 90s or 30m");
  return ms;
}

/** Reads a count option. */
export function countArgument(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1)
    throw new InvalidArgumentError("expected a whole number above 0");
  return count;
}
