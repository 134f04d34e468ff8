import { canonicalJson, type Json } from "../model/json.ts";
import type { TaskContext } from "./run-context.ts";
import { TaskFailure } from "./task-stop.ts";

/** Bytes of canonical JSON that a fact may have: a run's record holds them all. */
export const MOST_FACT: number = 64 * 1024;

/**
 * Makes known what a task found out: to the run's record first (awaited, so that a resumed run knows it too), then to all that comes after in this run.
 * Throws a `TaskFailure` for a fact that is too large, and what the recorder throws.
 */
export async function keepFact(task: string, value: Json, ctx: TaskContext): Promise<void> {
  refuseLarge(task, value);
  await ctx.recorder.fact(task, value);
  ctx.facts[task] = value;
  ctx.watchdog.touch();
  ctx.emit({ type: "fact", path: ctx.path, task, value });
}

/** Throws a `TaskFailure` for a fact that is too large to be kept. */
export function refuseLarge(task: string, value: Json): void {
  const size = Buffer.byteLength(canonicalJson(value));
  if (size <= MOST_FACT) return;
  throw new TaskFailure(
    `task ${task} found out ${Math.ceil(size / 1024)} KiB, and a fact may have ${MOST_FACT / 1024} KiB`,
    { result: "failed", hint: "let the command print only what later steps need" },
  );
}
