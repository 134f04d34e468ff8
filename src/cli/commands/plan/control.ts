import type { Command } from "commander";
import type { ActionContext } from "../../../actions/context.ts";
import type { ControlResult } from "../../../actions/control/control-result.ts";
import { actionContext } from "../../action-context.ts";
import type { CliDeps } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { clusterFlags } from "../../global-options.ts";

/** Asks for something of a run and says what came of it. Ctrl-C ends the waiting; what was asked for stands. */
export async function control(
  command: Command,
  request: {
    readonly options: Record<string, unknown> & { readonly output?: "json" | "yaml" };
    readonly words: readonly string[];
    readonly act: (ctx: ActionContext) => Promise<ControlResult>;
  },
  deps: CliDeps,
): Promise<number> {
  const session = await deps.connect(clusterFlags(command));
  const stop = new AbortController();
  const unlisten = deps.onInterrupt(() => stop.abort());
  try {
    const result = await request.act(
      await actionContext(session, deps, {
        options: request.options,
        command: request.words,
        stop: stop.signal,
        show: (event) => {
          if (event.type === "warning") deps.terminal.err(`warning: ${event.message}\n`);
        },
      }),
    );
    const { output } = request.options;
    const { simulated } = session.cluster;
    if (output) {
      const { printValue } = await import("../../output/values.ts");
      await printValue(simulated ? { ...result, simulated } : result, output, deps.terminal);
    } else {
      deps.terminal.out(`${result.message}\n`);
      if (result.hint !== undefined) deps.terminal.out(`  ${result.hint}\n`);
    }
    return EXIT.ok;
  } finally {
    unlisten();
    session.cluster.close();
  }
}
