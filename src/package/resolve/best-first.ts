import { compareVersions, parseVersion, type Version } from "../../functions/semver-version.ts";

/** The versions that tell packages of one name apart. */
export interface Versions {
  /** Absent or empty: none. */
  readonly appVersion?: string | undefined;
  readonly operatorVersion: string;
}

/**
 * Orders packages of one name, the best first: by the version of the application, then of the package, the newest first. What is no semantic version (nothing at all too) comes
 * after all that are, and among its like by its text backwards, as KUDO sorts what a cluster has; where KUDO leaves things as they lie in a file (D-31), this order goes on.
 */
export function bestFirst(a: Versions, b: Versions): number {
  return (
    newestFirst(a.appVersion ?? "", b.appVersion ?? "") ||
    newestFirst(a.operatorVersion, b.operatorVersion)
  );
}

/** The best of those that are of the wanted versions; any will do where none is wanted. */
export function chooseVersion<T extends Versions>(
  packages: readonly T[],
  wanted: { readonly appVersion?: string; readonly operatorVersion?: string },
): T | undefined {
  return packages
    .filter(
      ({ appVersion, operatorVersion }) =>
        (!wanted.appVersion || wanted.appVersion === appVersion) &&
        (!wanted.operatorVersion || wanted.operatorVersion === operatorVersion),
    )
    .toSorted(bestFirst)[0];
}

function newestFirst(a: string, b: string): number {
  const [left, right] = [versionOf(a), versionOf(b)];
  if (left && right) return compareVersions(right, left) || backwards(a, b);
  if (left || right) return left ? -1 : 1;
  return backwards(a, b);
}

function backwards(a: string, b: string): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

function versionOf(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch {
    return undefined;
  }
}
