import type { Expression } from "./expression.ts";

/** What must hold in the pods of a step before it is complete, and between two changes of pods (design section 6). */
export interface Gate {
  /** Label selector of the pods that are asked, a template; when absent, the pods of the StatefulSet that the step applies. */
  readonly pods?: string;
  /** Container to ask in; the pod's first when absent. */
  readonly container?: string;
  /**
   * What each pod runs, every word a template. It prints one JSON object, or lines of name TAB value (numbers become numbers). `sql:` of a package is sugar for its
   * `client:` command with the statement as last word.
   */
  readonly command: readonly string[];
  /** All of them must hold. */
  readonly expect: readonly Expectation[];
  /** While true (over `Pods`), no next change begins. */
  readonly slowWhen?: Expression;
  /** Milliseconds between two looks; 1000 when absent. */
  readonly period?: number;
}

/**
 * One expectation over what the pods answered. `all`, `any` and `count` are evaluated for each pod, which is `Pod` (name, ordinal) with its answer in `Values`;
 * `Pods` is the list of `{name, ordinal, values}`, `Expected` how many pods there should be right now.
 */
export type Expectation = { readonly message?: string } & (
  | { readonly kind: "all"; readonly of: Expression }
  | { readonly kind: "any"; readonly of: Expression }
  | {
      readonly kind: "count";
      readonly of: Expression;
      /** Whole numbers, over `Expected`, `Params`, `Facts`. */
      readonly min?: Expression;
      readonly max?: Expression;
    }
  /** Every pod answered the same under this name. */
  | { readonly kind: "same"; readonly name: string }
);

/** What one pod answered. */
export interface PodAnswer {
  readonly name: string;
  /** Ordinal of a StatefulSet's pod, else its index in the order of names. */
  readonly ordinal: number;
  /** Absent: no answer, and why. */
  readonly values?: Readonly<Record<string, string | number | boolean | null>>;
  readonly trouble?: string;
}
