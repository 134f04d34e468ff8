import type { ActionResult } from "../../actions/action-result.ts";
import type { ActionContext } from "../../actions/context.ts";
import { after } from "../../model/clock.ts";
import type { RunEventBody } from "../../model/event.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { RunOutcome } from "../../model/run.ts";
import { actionContext } from "../action-context.ts";
import type { CliDeps, Session } from "../deps.ts";
import type { EventView } from "../output/event-view.ts";
import { outcomeText } from "../output/outcome-text.ts";
import { plainLines } from "../output/plain-lines.ts";
import { givenNames } from "../typed-again.ts";

/** What a command of KUDO's that executes a run hands over. */
export interface KudoRequest {
  /** Name of the instance; that of the first run when it is not known before. */
  readonly instance: string | undefined;
  /** How this request is shown to others who find the instance busy. */
  readonly command: readonly string[];
  /** As commander parsed them, global ones too: `--wait`, `--wait-time` in seconds, the verbosity, and where packages are found. */
  readonly options: Readonly<Record<string, unknown>> & {
    readonly wait?: boolean;
    readonly waitTime?: number;
    readonly v?: number;
  };
  readonly act: (ctx: ActionContext) => Promise<ActionResult>;
  /** Says what KUDO says as soon as it has written the Instance; called once, when the first step begins (`run` says whose), or at the end where there is nothing to run. */
  readonly begun: (run: BegunRun | undefined) => Promise<void>;
}

/** A run that has begun. */
export type BegunRun = Extract<RunEventBody, { readonly type: "run-started" }>["run"];

/**
 * Executes a run in KUDO's form: results on stdout as KUDO prints them, how it goes on stderr where a person looks on. KUDO's command returns and its controller goes on;
 * kplan has no controller and drives to the end. Throws when the run did not complete, at once when it failed (compat D-02); with `--wait` also when the wait time is over.
 */
export async function driveKudo(
  request: KudoRequest,
  session: Session,
  deps: CliDeps,
): Promise<void> {
  const { options } = request;
  let { instance } = request;
  const stop = new AbortController();
  let isLate = false;
  let callOff = (): void => {};
  // KUDO's time begins when the Instance is written.
  const startTimer = (): void => {
    if (options.wait !== true) return;
    callOff();
    callOff = after(deps.clock, (options.waitTime ?? 300) * 1000, () => {
      isLate = true;
      stop.abort();
    });
  };
  const unlisten = deps.onInterrupt(() => {
    deps.terminal.err("stopping at the next safe point; once more to stop at once\n");
    stop.abort();
  });
  let started: BegunRun | undefined;
  let begun: Promise<void> | undefined;
  const begin = (run?: BegunRun): Promise<void> => {
    begun ??= request.begun(run);
    // Whoever waits for it hears of a failure; until then it is no unhandled one.
    begun.catch(() => undefined);
    return begun;
  };
  const view = progress(session, deps, options.v ?? 0);
  try {
    const result = await request.act(
      await actionContext(session, deps, {
        options,
        command: [...request.command, ...givenNames(deps.argv)],
        stop: stop.signal,
        show: (event) => {
          if (event.type === "attached") startTimer();
          if (event.type === "run-started") {
            instance ??= event.run.instance;
            if (event.run.instance === instance && started === undefined) {
              started = event.run;
              startTimer();
            }
          }
          // Before it, all may be refused yet and taken back.
          if (event.type === "status" && started !== undefined) void begin(started);
          view.event(event);
        },
      }),
    );
    if (result.kind !== "preview") await begin(started);
    if (result.kind === "ran" || result.kind === "attached")
      refuseUnlessComplete(result.outcome, { session, instance: instance ?? "", deps, isLate });
  } finally {
    view.close();
    await begun?.catch(() => undefined);
    callOff();
    unlisten();
  }
}

/** Nothing on stdout but results; a person at a terminal sees on stderr how it goes. */
function progress(session: Session, deps: CliDeps, verbosity: number): EventView {
  const { terminal } = deps;
  if (terminal.isTty || verbosity > 0)
    return plainLines({ ...terminal, out: terminal.err }, session.cluster.simulated);
  return {
    event: (event) => {
      if (event.type === "warning") terminal.err(`warning: ${event.message}\n`);
    },
    close() {},
  };
}

function refuseUnlessComplete(
  outcome: RunOutcome,
  how: {
    readonly session: Session;
    readonly instance: string;
    readonly deps: CliDeps;
    readonly isLate: boolean;
  },
): void {
  const { session, instance, deps } = how;
  const hint = `nothing was undone; \`kplan plan resume --instance ${instance}\` goes on`;
  switch (outcome.result) {
    case "complete":
      return;
    case "failed":
    case "cancelled":
    case "timed-out":
      throw new KplanError(outcome.result, outcomeText(outcome, session.cluster.simulated), {
        ...(outcome.result === "failed" && {
          hint: `\`kplan plan retry --instance ${instance}\` does it again`,
        }),
        ...(outcome.result === "timed-out" && { hint }),
      });
    case "interrupted":
      if (!how.isLate)
        throw new KplanError("interrupted", outcomeText(outcome, session.cluster.simulated), {
          kind: outcome.reason === "Paused" ? "timed-out" : "interrupted",
          hint,
        });
      deps.terminal.out(`timeout waiting for instance ${session.namespace}/${instance}\n`);
      throw new KplanError("timed-out", "timed out waiting for the condition", { hint });
  }
}
