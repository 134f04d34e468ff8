import { compareVersions, parseVersion, type Version } from "./semver-version.ts";
import { FunctionError } from "./template-function.ts";

/** One comparison: `>=1.19-0`. */
interface Comparison {
  readonly operator: string;
  readonly than: Version;
  /** The first part that is left out or a wildcard. */
  readonly open: "major" | "minor" | "patch" | undefined;
}

const OPERATOR = "!=|>=|=>|<=|=<|~>|=|>|<|~|\\^|";
const PART = "[0-9xX*]+";
const VERSION = `v?(${PART})(?:\\.(${PART}))?(?:\\.(${PART}))?(-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z.-]+)?`;
const UNGROUPED = VERSION.replace(/\((?!\?)/g, "(?:");
const COMPARISON = new RegExp(`(${OPERATOR})\\s*${VERSION}`, "g");
const ALTERNATIVE = new RegExp(
  `^\\s*(?:${OPERATOR})\\s*${UNGROUPED}\\s*(?:(?:\\s+|,\\s*)(?:${OPERATOR})\\s*${UNGROUPED}\\s*)*$`,
);
const RANGE = new RegExp(`\\s*(${UNGROUPED})\\s+-\\s+(${UNGROUPED})\\s*`, "g");

/**
 * Whether a version satisfies a constraint: comparisons joined by spaces or commas, alternatives by `||`. A prerelease satisfies only comparisons that
 * name one, such as `>=1.19-0`. Throws `FunctionError` for what is no constraint.
 */
export function satisfies(version: Version, constraint: string): boolean {
  const alternatives = constraint.replace(RANGE, ">= $1, <= $2 ").split("||").map(readAlternative);
  return alternatives.some((each) => each.every((comparison) => holds(version, comparison)));
}

function readAlternative(text: string): Comparison[] {
  if (!ALTERNATIVE.test(text))
    throw new FunctionError(`${JSON.stringify(text.trim())} is no version constraint`);
  return Array.from(text.matchAll(COMPARISON), readComparison);
}

function readComparison([whole, operator = "", ...parts]: RegExpExecArray): Comparison {
  const numbers = parts.slice(0, 3);
  const prerelease = parts[3] ?? "";
  const at = numbers.findIndex((part) => part === undefined || /^[xX*]$/.test(part));
  const kept = at < 0 ? numbers : numbers.slice(0, at);
  if (kept.some((part) => /\D/.test(part ?? "")))
    throw new FunctionError(`${JSON.stringify(whole.trim())} is no version constraint`);
  const version = [...kept, "0", "0", "0"].slice(0, 3).join(".");
  const open = at < 0 ? undefined : (["major", "minor", "patch"] as const)[at];
  return { operator, than: parseVersion(version + prerelease), open };
}

function holds(version: Version, comparison: Comparison): boolean {
  const { operator, than, open } = comparison;
  const order = compareVersions(version, than);
  if (operator === "!=" && open === undefined) return order !== 0;
  if (version.prerelease !== "" && than.prerelease === "") return false;
  switch (operator) {
    case "!=":
      return differs(version, comparison);
    case ">":
      return isAbove(version, comparison, order);
    case "<":
      return order < 0;
    case ">=":
    case "=>":
      return order >= 0;
    case "<=":
    case "=<":
      return isAtMost(version, comparison, order);
    case "^":
      return order >= 0 && isCompatible(version, comparison);
    case "~":
    case "~>":
      return order >= 0 && isClose(version, comparison);
    default:
      return open === undefined ? order === 0 : order >= 0 && isClose(version, comparison);
  }
}

/** `!=1.2`: not any 1.2.z. */
function differs(version: Version, { than, open }: Comparison): boolean {
  if (than.major !== version.major) return true;
  if (open === "major" || open === "minor") return open === "major" && than.minor !== version.minor;
  if (than.minor !== version.minor) return true;
  return version.prerelease !== than.prerelease;
}

/** `>11` wants 12, `>11.1` wants 11.2. */
function isAbove(version: Version, { than, open }: Comparison, order: number): boolean {
  if (open === undefined || version.major !== than.major)
    return open === undefined ? order > 0 : version.major > than.major;
  if (open === "minor") return false;
  return open === "patch" ? version.minor > than.minor : order > 0;
}

/** `<=11` takes every 11.y.z. */
function isAtMost(version: Version, { than, open }: Comparison, order: number): boolean {
  if (open === undefined) return order <= 0;
  if (version.major !== than.major) return version.major < than.major;
  return open === "minor" || version.minor <= than.minor;
}

/** `~1.2.3`: the same minor; `~1`: the same major; `~0.0.0` and `*`: anything. */
function isClose(version: Version, { than, open }: Comparison): boolean {
  const isZero = than.major === 0 && than.minor === 0 && than.patch === 0;
  if (isZero && open !== "minor" && open !== "patch") return true;
  return version.major === than.major && (open === "minor" || version.minor === than.minor);
}

/** `^1.2.3`: the leftmost part that is not 0 stays. */
function isCompatible(version: Version, { than, open }: Comparison): boolean {
  if (than.major > 0 || open === "minor") return version.major === than.major;
  if (version.major > 0) return false;
  if (than.minor > 0 || open === "patch") return version.minor === than.minor;
  return version.minor === 0 && version.patch === than.patch;
}
