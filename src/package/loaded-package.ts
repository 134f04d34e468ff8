import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";

/** A package that was read, with all that is wrong with it. */
export interface LoadedPackage {
  /** Absent when there is an error. */
  readonly pkg?: OperatorPackage;
  /** The package as far as it can be understood in spite of its errors: only for finding further problems, never to be run. */
  readonly draft?: OperatorPackage;
  readonly issues: Issue[];
}
