import { assertNever } from "../../model/assert-never.ts";
import { formatIssue } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type ObjectRef, refText } from "../../model/kube-object.ts";
import { pathText, type RunOutcome } from "../../model/run.ts";
import { PausedRun } from "../paused-run.ts";
import type { TaskContext } from "../run-context.ts";
import { Halted, TaskFailure } from "../steps/task-stop.ts";
import type { Children, Driving, UnwantedChild, WantedChild } from "./children.ts";

/**
 * Drives an instance of another package until its plans are complete. The task fails when they fail, with their cause (D-01). Its time does not count for the step's limits: those
 * of its own steps hold. `begun` hears that it is under way, or waits for somebody else.
 */
export async function driveWanted(
  wanted: WantedChild,
  ctx: TaskContext,
  begun: () => void,
): Promise<void> {
  await drive(wanted, ctx, begun, (children, driving) => children.drive(wanted, driving));
}

/** Uninstalls an instance, as `driveWanted` drives one. False where there was nothing to remove. */
export async function removeUnwanted(
  unwanted: UnwantedChild,
  ctx: TaskContext,
  begun: () => void,
): Promise<boolean> {
  return await drive(unwanted, ctx, begun, (children, driving) =>
    children.remove(unwanted, driving),
  );
}

/** False where nothing was to be done. */
async function drive(
  { ref }: { readonly ref: ObjectRef },
  ctx: TaskContext,
  begun: () => void,
  act: (children: Children, driving: Driving) => Promise<RunOutcome | undefined>,
): Promise<boolean> {
  if (ctx.children === undefined) throw new Error("nobody drives the instances of other packages");
  const goOn = ctx.watchdog.suspend();
  try {
    const outcome = await act(ctx.children, {
      stop: ctx.halt,
      tell: (event) => {
        if (event.type === "run-started" || event.type === "waiting") begun();
        ctx.emit({ type: "child", path: ctx.path, instance: ref.name, event });
      },
    }).catch((error: unknown) => {
      throw refusal(error, ref);
    });
    if (outcome !== undefined) judge(outcome, ref, ctx);
    return outcome !== undefined;
  } finally {
    goOn();
  }
}

/** What the child was refused for, as the failure of the task; anything else as it is. */
function refusal(error: unknown, ref: ObjectRef): unknown {
  if (!(error instanceof KplanError)) return error;
  const { kind, message, hint, issues } = error;
  if (kind === "busy" || kind === "interrupted") return error;
  const all = issues.map((issue) => `\n  ${formatIssue(issue)}`).join("");
  return new TaskFailure(`${refText(ref)}: ${message}${all}`, {
    result: kind === "timed-out" ? "timed-out" : "failed",
    ref,
    ...(hint !== undefined && { hint }),
  });
}

/** Throws for whatever is not complete. */
function judge(outcome: RunOutcome, ref: ObjectRef, { halt }: TaskContext): void {
  const { result } = outcome;
  if (result === "complete") return;
  if (halt.aborted) throw new Halted("told to stop");
  const hint = `\`kplan plan status --instance ${ref.name}\` shows how it stands; the same command again goes on with it`;
  switch (result) {
    case "failed":
    case "timed-out": {
      const place = outcome.path === undefined ? "" : `${pathText(outcome.path)}: `;
      throw new TaskFailure(`${refText(ref)}: ${place}${outcome.message}`, {
        result,
        ref,
        hint: outcome.hint ?? hint,
        ...(outcome.health && { health: outcome.health }),
      });
    }
    case "cancelled":
      throw new TaskFailure(`${refText(ref)} was ${outcome.message}`, {
        result: "failed",
        ref,
        hint,
      });
    case "interrupted":
      throw new PausedRun(`${refText(ref)} is not complete: ${outcome.message}`);
    default:
      assertNever(outcome);
  }
}
