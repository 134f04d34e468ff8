/** What measures what clients feel while pods change (design section 6): a pod that prints one `MeterLine` as JSON per line, about ten a second. */
export interface Meter {
  /** Key of the template of a Pod; its image and command are the meter's. It must end by itself when it is deleted. */
  readonly pod: string;
  /** Container whose log is read; the first when absent. */
  readonly container?: string;
  readonly budget: MeterBudget;
  /** Over the budget the run stops at the next safe point and can be resumed, or fails. */
  readonly over: "pause" | "fail";
}

/** What may happen to clients at most, during one step. What is absent is not judged. */
export interface MeterBudget {
  /** Failed statements. */
  readonly failed?: number;
  /** Longest time without a finished statement, in milliseconds. */
  readonly gapMs?: number;
  /** 99th percentile of a statement's time over any ten seconds, in milliseconds. */
  readonly p99Ms?: number;
}

/** One line of a meter, about the time since the line before. */
export interface MeterLine {
  /** Statements that succeeded. */
  readonly ok: number;
  /** Statements that failed. */
  readonly failed: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds since the last statement that succeeded, the longest of this time. */
  readonly gapMs: number;
  /** The last failure in a sentence, never with a secret. */
  readonly error?: string;
}

/** What a meter found in all. */
export interface MeterSummary {
  readonly ok: number;
  readonly failed: number;
  /** Milliseconds; of percentiles the worst of any ten seconds. */
  readonly p50: number;
  readonly p99: number;
  readonly gapMs: number;
  /** Seconds it was measured for. */
  readonly seconds: number;
  /** Why it is over its budget. */
  readonly over?: string;
}
