import compare from "semver/functions/compare.js";
import { FunctionError } from "./template-function.ts";

/** A semantic version; missing parts are 0. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Without its hyphen; empty when there is none. */
  readonly prerelease: string;
  readonly metadata: string;
}

const VERSION =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** Reads a version: `1`, `v1.2`, `1.2.3-rc.1+build`. Throws `FunctionError`. */
export function parseVersion(text: string): Version {
  const [, major = "", minor = "0", patch = "0", prerelease = "", metadata = ""] =
    VERSION.exec(text) ?? [];
  const wrongPart = prerelease.split(".").some((part) => /^0\d+$/.test(part));
  const numbers = [major, minor, patch].map(Number);
  if (major === "" || wrongPart || !numbers.every(Number.isSafeInteger))
    throw new FunctionError(`${JSON.stringify(text)} is no semantic version`);
  const [x = 0, y = 0, z = 0] = numbers;
  return { major: x, minor: y, patch: z, prerelease, metadata };
}

/** Precedence of two versions: negative, 0 or positive; metadata does not count. */
export function compareVersions(a: Version, b: Version): number {
  return compare(plain(a), plain(b));
}

function plain({ major, minor, patch, prerelease }: Version): string {
  return `${major}.${minor}.${patch}${prerelease && `-${prerelease}`}`;
}
