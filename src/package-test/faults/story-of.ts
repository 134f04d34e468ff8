import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorIssue, type Issue, type Place } from "../../model/issue.ts";
import { isMap, type Json } from "../../model/json.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Parameter } from "../../model/parameter.ts";
import { type ParsedYaml, parseYaml } from "../../yaml/parse-yaml.ts";
import { usablePackage } from "../usable-package.ts";
import { runUndisturbed } from "./run-scenario.ts";
import type { Story, StoryCommand } from "./story.ts";

/** Where a package says what is done with it under faults. */
export const FAULTS_FILE = "tests/faults.yaml";

/**
 * What is done with a package: what its `tests/faults.yaml` says, else an install, every parameter with a trigger changed and changed back, and an uninstall;
 * without the updates that the package refuses. Throws a `bad-input` KplanError for a package with errors, a file that cannot
 * be read, and a package that refuses to be installed with its defaults.
 */
export async function storyOf(source: string, seed: string): Promise<Story> {
  const pkg = await usablePackage(source);
  const packages = new Map();
  const given = await readFile(join(source, FAULTS_FILE), "utf8").catch(() => undefined);
  if (given !== undefined) return { source, packages, commands: commandsIn(given, pkg) };
  const all: Story = { source, packages, commands: plausibleCommands(pkg) };
  const undisturbed = await runUndisturbed(all, seed);
  if (undisturbed[0]?.exit === 2) throw refusedInstall(source);
  return { ...all, commands: all.commands.filter((_, index) => undisturbed[index]?.exit !== 2) };
}

function refusedInstall(source: string): KplanError {
  return new KplanError("refused-install", `${source} refuses an install with its defaults`, {
    kind: "bad-input",
    hint: `say in ${FAULTS_FILE} which values it takes: commands: [install: {NAME: value}]; see docs/faults.md`,
  });
}

function plausibleCommands(pkg: OperatorPackage): readonly StoryCommand[] {
  const updates = pkg.parameters.flatMap((parameter): StoryCommand[] => {
    const value = otherValue(parameter);
    if (value === undefined || parameter.trigger === undefined || parameter.immutable) return [];
    return [
      { kind: "update", values: { [parameter.name]: value } },
      { kind: "update", values: { [parameter.name]: parameter.default ?? null } },
    ];
  });
  return [{ kind: "install", values: {} }, ...updates, { kind: "uninstall" }];
}

/** A value that a parameter may have as well; undefined where that cannot be known. */
function otherValue({ type, default: value, enum: values }: Parameter): Json | undefined {
  if (value === undefined) return undefined;
  if (values !== undefined) return values.find((one) => one !== value);
  if (type === "boolean") return !value;
  return typeof value === "number" ? value + 1 : undefined;
}

function commandsIn(text: string, pkg: OperatorPackage): readonly StoryCommand[] {
  const yaml = parseYaml(text, FAULTS_FILE);
  const value = yaml.value as unknown;
  const list = isMap(value) && Array.isArray(value.commands) ? value.commands : undefined;
  const problems: Issue[] = [...yaml.issues];
  if (list === undefined && problems.length === 0)
    problems.push(errorIssue("faults-form", "expected a list `commands`", placeOf(yaml, [])));
  const commands = (list ?? []).flatMap((item: unknown, index): StoryCommand[] => {
    if (item === "uninstall") return [{ kind: "uninstall" }];
    const [[kind, values] = []] = isMap(item) ? Object.entries(item) : [];
    if ((kind !== "install" && kind !== "update") || !isMap(values ?? {})) {
      const words = "expected `install: {NAME: value}`, `update: {NAME: value}` or `uninstall`";
      problems.push(errorIssue("faults-form", words, placeOf(yaml, ["commands", index])));
      return [];
    }
    for (const name of Object.keys((values as object | null) ?? {}))
      if (!pkg.parameters.some((parameter) => parameter.name === name))
        problems.push(
          errorIssue(
            "faults-form",
            `no parameter ${name}`,
            placeOf(yaml, ["commands", index, kind]),
          ),
        );
    return [{ kind, values: (values ?? {}) as Record<string, Json> }];
  });
  if (problems.length === 0 && commands[0]?.kind !== "install")
    problems.push(
      errorIssue("faults-form", "the first command is an install", placeOf(yaml, ["commands"])),
    );
  if (problems.length > 0) refuse(FAULTS_FILE, problems);
  return commands;
}

function placeOf(yaml: ParsedYaml, path: readonly (string | number)[]): Place {
  return yaml.placeOf(path);
}
