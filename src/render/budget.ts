import { isMap } from "../model/json.ts";
import { MAX_OUTPUT, MAX_TURNS, MAX_VALUE_DEPTH, MAX_WORK, VALUE_WORK } from "./limits.ts";
import { RenderError } from "./problem.ts";
import type { At } from "./template-tree.ts";

/** What one rendering may still use up. Every method throws a `RenderError` when it is too much. */
export class Budget {
  private turns = 0;
  private work = 0;

  /** One more turn of any loop. */
  turn(at: At): void {
    if (++this.turns > MAX_TURNS)
      refuse(at, `the loops of the template turn more than ${MAX_TURNS} times`);
  }

  /** A text that a part of the template came to. */
  output(length: number, at: At): void {
    if (length > MAX_OUTPUT)
      refuse(at, `the rendered text is longer than ${MAX_OUTPUT} characters`);
  }

  /** Work that is not seen in the values. */
  spend(work: number, at: At): void {
    this.work += work;
    if (this.work > MAX_WORK) refuse(at, "the functions of the template have too much to do");
  }

  /** A value that goes into a function or comes out of it. */
  value(value: unknown, at: At): void {
    this.measure(value, at, 0);
  }

  private measure(value: unknown, at: At, depth: number): void {
    this.spend(VALUE_WORK + (typeof value === "string" ? value.length : 0), at);
    if (typeof value !== "object" || value === null) return;
    if (depth >= MAX_VALUE_DEPTH)
      refuse(at, `the value is nested more than ${MAX_VALUE_DEPTH} deep`);
    if (Array.isArray(value)) for (const item of value) this.measure(item, at, depth + 1);
    else if (isMap(value))
      for (const [key, member] of Object.entries(value)) {
        this.spend(key.length, at);
        this.measure(member, at, depth + 1);
      }
  }
}

function refuse(at: At, message: string): never {
  throw new RenderError({ code: "template-limit", message, at });
}
