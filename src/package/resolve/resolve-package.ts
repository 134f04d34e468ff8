import type { OperatorPackage } from "../../model/package.ts";
import type { LoadedPackage } from "../loaded-package.ts";

/** A package as a command line, or a task of kind KudoOperator, asks for it. */
export interface WantedPackage {
  /** A folder, a `.tgz`, an `http(s)` address of one, or a name in a repository. */
  readonly name: string;
  /** Only this version of the application; of a package that is named by a path or an address it is not asked for, only said when it is another. */
  readonly appVersion?: string;
  /** Only this version of the package; likewise. */
  readonly operatorVersion?: string;
}

/**
 * Finds a package that another one depends on: `./x` and `../x` below or beside that one, in its folder or in the archive it came in. What is wrong within the package comes
 * back as issues; throws a `bad-input` KplanError when there is none.
 */
export type ResolvePackage = (
  wanted: WantedPackage,
  from: OperatorPackage,
) => Promise<LoadedPackage>;

/** The same for what a person names, from the folder that the process is in. */
export type FindPackage = (wanted: WantedPackage, from?: OperatorPackage) => Promise<LoadedPackage>;
