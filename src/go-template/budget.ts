import { byteLength } from "../functions/go/bytes.ts";
import { type GoValue, isGoMap } from "../functions/go/value.ts";

/** What one rendering may use up. Go has no such limits but the depth of templates, which is 100000 there. */
export interface Limits {
  /** Nodes, calls and turns of loops. */
  readonly steps: number;
  /** Templates within templates. */
  readonly depth: number;
  /** The longest text, in UTF-16 units. */
  readonly output: number;
  /** What all the function calls and printed values may take and give together: a character counts 1, a value 16. */
  readonly work: number;
}

/** Enough for every public operator many times over; bounds a rendering to about a second. */
export const USUAL_LIMITS: Limits = {
  steps: 500_000,
  depth: 200,
  output: 4 * 1024 * 1024,
  work: 32 * 1024 * 1024,
};

/** Lists and maps within each other in a value. */
const MAX_VALUE_DEPTH = 200;
const VALUE_WORK = 16;

/** What is left. A method answers with what is too much. */
export class Budget {
  private readonly limits: Limits;
  private steps = 0;
  private work = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  step(): string | undefined {
    return ++this.steps > this.limits.steps
      ? `the template takes more than ${this.limits.steps} steps`
      : undefined;
  }

  output(length: number): string | undefined {
    return length > this.limits.output
      ? `the rendered text is longer than ${this.limits.output} characters`
      : undefined;
  }

  depth(depth: number): string | undefined {
    return depth > this.limits.depth
      ? `exceeded maximum template depth (${this.limits.depth})`
      : undefined;
  }

  spend(work: number): string | undefined {
    this.work += work;
    return this.work > this.limits.work
      ? "the functions of the template have too much to do"
      : undefined;
  }

  /** A value that goes into a function or comes out of it, or is printed. */
  value(value: GoValue, shallow: boolean): string | undefined {
    if (typeof value === "string") return this.spend(VALUE_WORK + value.length);
    if (typeof value !== "object" || value === null) return this.spend(VALUE_WORK);
    return shallow ? this.surface(value) : this.measure(value, 0);
  }

  private surface(value: object): string | undefined {
    const size = Array.isArray(value) ? value.length : 4 * Object.keys(value).length;
    return this.spend(VALUE_WORK + size);
  }

  private measure(value: GoValue, depth: number): string | undefined {
    const size = typeof value === "string" ? byteLength(value) : 0;
    const much = this.spend(VALUE_WORK + size);
    if (much || typeof value !== "object" || value === null) return much;
    if (depth >= MAX_VALUE_DEPTH) return `a value is nested more than ${MAX_VALUE_DEPTH} deep`;
    if (Array.isArray(value)) {
      for (const item of value) {
        const found = this.measure(item, depth + 1);
        if (found) return found;
      }
      return undefined;
    }
    if (!isGoMap(value)) return undefined;
    for (const [key, member] of Object.entries(value)) {
      const found = this.spend(key.length) ?? this.measure(member, depth + 1);
      if (found) return found;
    }
    return undefined;
  }
}
