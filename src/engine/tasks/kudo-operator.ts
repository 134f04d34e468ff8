import { assertNever } from "../../model/assert-never.ts";
import { formatIssue } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { refText } from "../../model/kube-object.ts";
import { pathText, type RunOutcome } from "../../model/run.ts";
import type { KudoOperatorTask } from "../../model/task.ts";
import type { WantedChild } from "../children/children.ts";
import { wantedChild } from "../children/wanted-child.ts";
import { PausedRun } from "../paused-run.ts";
import type { TaskContext } from "../run-context.ts";
import { Halted, TaskFailure } from "../steps/task-stop.ts";

/**
 * Brings an instance of another package to what the task says and waits until its plans are complete (compat section 5.2). It fails when they fail, with their cause (D-01).
 * Its time does not count for the step's limits: those of its own steps hold.
 */
export async function kudoOperatorTask(task: KudoOperatorTask, ctx: TaskContext): Promise<void> {
  // What is put right are objects; an instance puts its own right.
  if (ctx.inputs.only !== undefined) return;
  if (ctx.children === undefined) throw new Error("nobody drives the instances of other packages");
  const wanted = wantedChild(task, ctx.inputs);
  await ctx.announce("apply", [wanted.ref]);
  const { name: instance } = wanted.ref;
  const goOn = ctx.watchdog.suspend();
  try {
    const outcome = await ctx.children
      .drive(wanted, {
        stop: ctx.halt,
        tell: (event) => {
          // It is under way, or waits for somebody else: what comes after it in the step may begin.
          if (event.type === "run-started" || event.type === "waiting") ctx.placed?.();
          ctx.emit({ type: "child", path: ctx.path, instance, event });
        },
      })
      .catch((error: unknown) => {
        throw refusal(error, wanted);
      });
    judge(outcome, wanted, ctx);
  } finally {
    goOn();
  }
}

/** What the child was refused for, as the failure of the task; anything else as it is. */
function refusal(error: unknown, { ref }: WantedChild): unknown {
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
function judge(outcome: RunOutcome, { ref }: WantedChild, { halt }: TaskContext): void {
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
