import type { Issue } from "./issue.ts";

/**
 * Why a command ends without success, in the words of the exit table (`cli/exit-code.ts` maps them):
 * `failed` 1 · `bad-input` 2, nothing was applied · `timed-out` 3 · `busy` 4, somebody else is driving · `interrupted` 130.
 */
export type FailureKind = "failed" | "bad-input" | "timed-out" | "busy" | "interrupted";

/** What a `KplanError` carries besides its message. */
export interface KplanErrorOptions {
  readonly kind?: FailureKind;
  /** The next command to run, or the thing to change. */
  readonly hint?: string;
  /** Every problem found, when there is more than the message says. */
  readonly issues?: readonly Issue[];
  readonly cause?: unknown;
}

/** The one error class for failures a user can act on. Any other throw is a bug (exit 70). */
export class KplanError extends Error {
  override readonly name = "KplanError";
  /** Stable identifier, e.g. `no-such-instance`. */
  readonly code: string;
  readonly kind: FailureKind;
  readonly hint: string | undefined;
  readonly issues: readonly Issue[];

  constructor(code: string, message: string, options: KplanErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = options.kind ?? "failed";
    this.hint = options.hint;
    this.issues = options.issues ?? [];
  }
}

/** Refuses input with every problem at once. Throws a `bad-input` KplanError; `what` names the input. */
export function refuse(what: string, issues: readonly Issue[]): never {
  const errors = issues.filter((issue) => issue.severity === "error");
  const count = errors.length === 1 ? "1 problem" : `${errors.length} problems`;
  throw new KplanError("bad-input", `${what}: ${count}`, { kind: "bad-input", issues });
}
