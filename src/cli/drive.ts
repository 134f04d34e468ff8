import type { ActionResult } from "../actions/action-result.ts";
import type { ActionContext } from "../actions/context.ts";
import type { RunOutcome } from "../model/run.ts";
import { actionContext } from "./action-context.ts";
import type { CliDeps, ClusterFlags, Session } from "./deps.ts";
import { EXIT, exitCodeOfOutcome } from "./exit-code.ts";
import type { EventView } from "./output/event-view.ts";
import { outcomeText } from "./output/outcome-text.ts";
import { givenNames, goesOn, typedAgain } from "./typed-again.ts";

/** What a command that executes a run hands over. */
export interface DriveRequest {
  readonly flags: ClusterFlags;
  /** As commander parsed them: output, timeouts, force. */
  readonly options: Record<string, unknown> & { readonly output?: "json" | "yaml" };
  /** How this request is shown to others who find the instance busy; secret values masked. */
  readonly command: readonly string[];
  readonly act: (ctx: ActionContext) => Promise<ActionResult>;
  /** What Ctrl-C does, where it does not stop a run. */
  readonly atInterrupt?: string;
}

/** Executes a run under the eyes of the user: live tree, lines or JSON; Ctrl-C stops at the next safe point. Returns the exit code. */
export async function drive(request: DriveRequest, deps: CliDeps): Promise<number> {
  const session = await deps.connect(request.flags);
  const stop = new AbortController();
  const view = await viewOf(request, session, deps);
  const unlisten = deps.onInterrupt(() => {
    const what =
      request.atInterrupt ?? "stopping at the next safe point; once more to stop at once";
    deps.terminal.err(`${what}\n`);
    stop.abort();
  });
  let shown = false;
  try {
    const result = await request.act(
      await actionContext(session, deps, {
        options: request.options,
        command: [...request.command, ...givenNames(deps.argv)],
        stop: stop.signal,
        show: (event) => {
          shown ||= event.type === "run-finished";
          view.event(event);
        },
      }),
    );
    view.close();
    // Who left has said so.
    shown ||= request.atInterrupt !== undefined && stop.signal.aborted;
    return await report(result, { request, session, deps, shown });
  } catch (error) {
    view.close();
    throw error;
  } finally {
    unlisten();
    session.cluster.close();
  }
}

async function viewOf(request: DriveRequest, session: Session, deps: CliDeps): Promise<EventView> {
  const { simulated } = session.cluster;
  if (request.options.output === "json") {
    const { jsonLines } = await import("./output/json-lines.ts");
    return jsonLines(deps.terminal, simulated);
  }
  if (request.options.output === "yaml") return { event: () => {}, close: () => {} };
  if (deps.terminal.isTty) {
    const { liveTree } = await import("./output/live-tree.ts");
    return liveTree(deps.terminal, simulated, () => deps.clock.now().getTime());
  }
  const { plainLines } = await import("./output/plain-lines.ts");
  return plainLines(deps.terminal, simulated);
}

/** Says how it ended, in the form asked for, and gives the exit code. */
async function report(
  result: ActionResult,
  how: {
    readonly request: DriveRequest;
    readonly session: Session;
    readonly deps: CliDeps;
    /** The view has already shown the outcome. */
    readonly shown: boolean;
  },
): Promise<number> {
  const { terminal } = how.deps;
  const { simulated } = how.session.cluster;
  const format = how.request.options.output;
  if (format) {
    const { printSummary } = await import("./output/summary.ts");
    await printSummary(result, format, simulated, terminal);
  }
  switch (result.kind) {
    case "ran":
    case "attached":
      if (!format && !how.shown) terminal.out(`${outcomeText(result.outcome, simulated)}\n`);
      if (!format && result.kind === "ran") terminal.err(nextStep(result.outcome, how.deps));
      return exitCodeOfOutcome(result.outcome);
    case "nothing-to-do":
      if (!format) terminal.out(`${result.message}\n`);
      return EXIT.ok;
    case "preview": {
      const { previewText } = await import("./output/preview-text.ts");
      if (!format) terminal.out(previewText(result.preview, terminal));
      if (result.preview.problems.length > 0) return EXIT.failed;
      return result.changes ? EXIT.changes : EXIT.ok;
    }
  }
}

/** Where to look or what to type after a run that did not complete. */
function nextStep(outcome: RunOutcome, deps: CliDeps): string {
  const { programName, argv } = deps;
  const other = goesOn(programName, argv, outcome.result === "failed" ? "retry" : "resume");
  const again = `  ${other ?? typedAgain(programName, argv)}\n`;
  const continues =
    other === undefined
      ? "the same command again continues where this stopped"
      : "this continues where the run stopped";
  switch (outcome.result) {
    case "complete":
    case "cancelled":
      return "";
    case "failed":
      return `${continues}; \`${programName} plan status\` shows where\n${again}`;
    case "timed-out":
    case "interrupted":
      return `nothing was undone; to go on:\n${again}`;
  }
}
