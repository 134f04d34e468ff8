import { canonicalJson, type Json } from "../model/json.ts";
import type { TaskContext } from "./run-context.ts";
import { TaskFailure } from "./steps/task-stop.ts";

/** Bytes of canonical JSON that a fact may have. */
const MOST_FACT = 64 * 1024;
/** And all facts of a run: its record holds them, and is one object of Kubernetes. */
const MOST_FACTS = 384 * 1024;

/**
 * Makes known what a task found out: to the run's record first (awaited, so that a resumed run knows it too), then to all that comes after in this run.
 * Throws a `TaskFailure` for a fact that is too large, and what the recorder throws.
 */
export async function keepFact(task: string, value: Json, ctx: TaskContext): Promise<void> {
  refuseLarge(task, value, ctx);
  await ctx.recorder.fact(task, value);
  ctx.facts[task] = value;
  ctx.watchdog.touch();
  ctx.emit({ type: "fact", path: ctx.path, task, value });
}

/** Throws a `TaskFailure` for a fact that is too large to be kept, by itself or with the others of the run. */
export function refuseLarge(task: string, value: Json, { facts }: TaskContext): void {
  const size = sizeOf(value);
  const all = sizeOf({ ...facts, [task]: value });
  if (size <= MOST_FACT && all <= MOST_FACTS) return;
  const message =
    size > MOST_FACT
      ? `task ${task} found out ${kib(size)} KiB, and a fact may have ${kib(MOST_FACT)} KiB`
      : `with what task ${task} found out, the facts of this run have ${kib(all)} KiB, and may have ${kib(MOST_FACTS)} KiB`;
  const hint = "let the command print only what later steps need";
  throw new TaskFailure(message, { result: "failed", hint });
}

function kib(bytes: number): number {
  return Math.ceil(bytes / 1024);
}

function sizeOf(value: Json): number {
  return Buffer.byteLength(canonicalJson(value));
}
