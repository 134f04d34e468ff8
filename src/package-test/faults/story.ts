import type { ActionResult } from "../../actions/action-result.ts";
import { valuesOf } from "../../actions/change/given-values.ts";
import { install } from "../../actions/change/install.ts";
import { update } from "../../actions/change/update.ts";
import type { ActionContext, PackageMemory } from "../../actions/context.ts";
import { uninstall } from "../../actions/removal/uninstall.ts";
import type { RunEvent } from "../../model/event.ts";
import type { Json } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { contextOf } from "../context-of.ts";
import type { Driver, Ending, World } from "../world.ts";

/** One command of a story. */
export type StoryCommand =
  | { readonly kind: "install" | "update"; readonly values: Readonly<Record<string, Json>> }
  | { readonly kind: "uninstall" };

/** What somebody does with a package. */
export interface Story {
  /** Folder or archive of the package. */
  readonly source: string;
  /** Most tasks at the same time; the default when absent. */
  readonly concurrency?: number;
  readonly commands: readonly StoryCommand[];
  /** Packages that were read before; reading and verifying one takes longer than a scenario. */
  readonly packages?: PackageMemory;
}

/** How a command ended. */
export type CommandEnd =
  | { readonly kind: "ended"; readonly exit: number; readonly said: string }
  | { readonly kind: "killed" }
  | { readonly kind: "stuck"; readonly why: string };

/** Virtual time that a command may take. */
const AT_MOST = 6 * 3_600_000;

/** Lets a driver carry out a command of a story. */
export async function give(
  world: World,
  driver: Driver,
  story: Story,
  command: StoryCommand,
  onEvent: (event: RunEvent) => void,
): Promise<CommandEnd> {
  const limits = story.concurrency === undefined ? {} : { concurrency: story.concurrency };
  const { packages } = story;
  const ctx: ActionContext = {
    ...contextOf(driver, { command: wordsOf(story, command), onEvent, limits }),
    ...(packages && { packages }),
  };
  const ending = await world.run(
    driver,
    async () => {
      switch (command.kind) {
        case "install":
          return await install(ctx, { source: story.source, values: valuesOf(command.values) });
        case "update":
          return await update(ctx, { values: valuesOf(command.values) });
        case "uninstall":
          return await uninstall(ctx, {});
      }
    },
    AT_MOST,
  );
  driver.end();
  return endOf(ending);
}

/** A command as it is typed. */
export function wordsOf({ source }: Pick<Story, "source">, command: StoryCommand): string[] {
  if (command.kind === "uninstall") return ["uninstall"];
  const head = command.kind === "install" ? ["install", source] : ["update"];
  return [
    ...head,
    ...Object.entries(command.values).flatMap(([name, value]) => [
      "-p",
      `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    ]),
  ];
}

function endOf(ending: Ending<ActionResult>): CommandEnd {
  switch (ending.kind) {
    case "killed":
    case "stuck":
      return ending;
    case "threw":
      return { kind: "ended", exit: exitOf(ending.error), said: textOf(ending.error) };
    case "done": {
      const { value } = ending;
      if (!("outcome" in value)) return { kind: "ended", exit: 0, said: value.kind };
      const { outcome } = value;
      if (outcome.result === "complete") return { kind: "ended", exit: 0, said: "complete" };
      const exit = outcome.result === "timed-out" ? 3 : outcome.result === "interrupted" ? 130 : 1;
      return { kind: "ended", exit, said: `${outcome.result}: ${outcome.message}` };
    }
  }
}

/** As `cli/exit-code.ts` has it; any error that is none of ours is a bug. */
function exitOf(error: unknown): number {
  if (error instanceof KplanError)
    return { failed: 1, "bad-input": 2, "timed-out": 3, busy: 4, interrupted: 130 }[error.kind];
  return error instanceof Error && error.name === "ClusterError" ? 1 : 70;
}

function textOf(error: unknown): string {
  if (error instanceof KplanError)
    return [`${error.code}: ${error.message}`, ...error.issues.map(({ message }) => message)].join(
      "; ",
    );
  if (!(error instanceof Error)) return String(error);
  return error.name === "ClusterError" ? error.message : (error.stack ?? error.message);
}
