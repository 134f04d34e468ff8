import { join } from "node:path";
import type { Command } from "commander";
import type { ActionContext } from "../actions/context.ts";
import type { CliDeps } from "./deps.ts";

type FindPackage = NonNullable<ActionContext["find"]>;

/** Adds `--repo`, `--app-version`, `--operator-version` and `--home`: which package a name means. */
export function addSourceOptions(command: Command): Command {
  return addRepositoryOptions(command)
    .option("--app-version <version>", "of a named package: only this version of the application")
    .option("--operator-version <version>", "of a named package: only this version of the package");
}

/** Adds `--repo` and `--home`: where a name is looked up. */
export function addRepositoryOptions(command: Command): Command {
  return addHomeOption(command).option(
    "--repo <name>",
    "repository that a name is looked up in: its name, or its address",
  );
}

/** Adds `--home`: where repositories are written down. */
export function addHomeOption(command: Command): Command {
  return command.option(
    "--home <folder>",
    "where repositories are written down (default: KUDO_HOME, then ~/.kudo)",
  );
}

/** The versions that `addSourceOptions` received. */
export function wantedVersions({
  appVersion,
  operatorVersion,
}: Readonly<Record<string, unknown>>): { appVersion?: string; operatorVersion?: string } {
  return {
    ...(typeof appVersion === "string" && { appVersion }),
    ...(typeof operatorVersion === "string" && { operatorVersion }),
  };
}

/** The folder that `--home` says, else `KUDO_HOME`, else `~/.kudo`. */
export function kudoHome(
  { home }: Readonly<Record<string, unknown>>,
  deps: Pick<CliDeps, "env" | "home">,
): string {
  return typeof home === "string" ? home : deps.env.KUDO_HOME || join(deps.home, ".kudo");
}

/** What finds the packages that a command names, and what they need. Looks nowhere before it is asked. */
export function packageFinderOf(
  options: Readonly<Record<string, unknown>>,
  deps: Pick<CliDeps, "env" | "home">,
): FindPackage {
  let finder: Promise<FindPackage> | undefined;
  const made = async (): Promise<FindPackage> => {
    const { packageFinder } = await import("../repository/find-package.ts");
    const { repo } = options;
    return packageFinder({
      home: kudoHome(options, deps),
      env: deps.env,
      ...(typeof repo === "string" && { repository: repo }),
    });
  };
  return async (wanted, from) => {
    finder ??= made();
    return (await finder)(wanted, from);
  };
}
