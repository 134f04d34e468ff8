import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";

/** A package that was read, with all that is wrong with it. */
export interface LoadedPackage {
  /** Absent when there is an error. */
  readonly pkg?: OperatorPackage;
  /** The package as far as it can be understood in spite of errors: only for finding further problems. */
  readonly draft?: OperatorPackage;
  readonly issues: Issue[];
}

/** Makes a package of its files. */
export function loadPackage(
  _source: string,
  _files: ReadonlyMap<string, Uint8Array>,
): LoadedPackage {
  throw new Error("not written yet");
}
