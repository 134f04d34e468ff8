import { kudo } from "../define.ts";
import { FunctionError, type TemplateFunction } from "../template-function.ts";
import { GoInt, type GoMethod, GoObject } from "./value.ts";

/** Semantic versions as Masterminds/semver 1.5 has them, which Sprig 2.22 uses; its constraints are not those of version 3. */
export const SPRIG_VERSIONS: readonly TemplateFunction[] = [
  kudo("semver", 1, ([version]) => new GoVersion(parseVersion(String(version)))),
  kudo("semverCompare", 2, ([constraint, version]) =>
    satisfies(readConstraint(String(constraint)), parseVersion(String(version))),
  ),
];

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: string;
  readonly metadata: string;
  readonly original: string;
}

/** What `semver` gives: a `*semver.Version`. */
class GoVersion extends GoObject {
  readonly type = "*semver.Version";
  readonly kind = "ptr";
  readonly methods: ReadonlyMap<string, GoMethod>;
  private readonly version: Version;

  constructor(version: Version) {
    super();
    this.version = version;
    const [major, minor, patch] = version.numbers;
    const { prerelease, metadata, original } = version;
    const members = {
      Major: new GoInt("int64", major),
      Minor: new GoInt("int64", minor),
      Patch: new GoInt("int64", patch),
      Prerelease: prerelease,
      Metadata: metadata,
      Original: original,
      String: this.text(),
    };
    this.methods = new Map(
      Object.entries(members).map(([name, value]) => [name, { params: [], call: () => value }]),
    );
  }

  text(): string {
    const { numbers, prerelease, metadata } = this.version;
    return `${numbers.join(".")}${prerelease && `-${prerelease}`}${metadata && `+${metadata}`}`;
  }

  equals(other: unknown): boolean {
    return other instanceof GoVersion && other.version.original === this.version.original;
  }
}

const NUMBER = "[0-9]+";
const LABELS =
  "(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?";
const VERSION = new RegExp(`^v?(${NUMBER})(?:\\.(${NUMBER}))?(?:\\.(${NUMBER}))?${LABELS}$`);

function parseVersion(original: string): Version {
  const [, major, minor = "0", patch = "0", prerelease = "", metadata = ""] =
    VERSION.exec(original) ?? [];
  if (major === undefined) throw new FunctionError("Invalid Semantic Version");
  const numbers = [major, minor, patch].map(BigInt);
  if (numbers.some((number) => number >= 1n << 63n))
    throw new FunctionError("Error parsing version segment: value out of range");
  const [x = 0n, y = 0n, z = 0n] = numbers;
  return { numbers: [x, y, z], prerelease, metadata, original };
}

function compare(a: Version, b: Version): number {
  for (const index of [0, 1, 2] as const)
    if (a.numbers[index] !== b.numbers[index]) return a.numbers[index] < b.numbers[index] ? -1 : 1;
  if (a.prerelease === "" || b.prerelease === "")
    return Number(a.prerelease === "") - Number(b.prerelease === "");
  return comparePrereleases(a.prerelease.split("."), b.prerelease.split("."));
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [x, y] = [a[index], b[index]];
    if (x === y) continue;
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const [numberX, numberY] = [/^[-]?\d+$/.test(x), /^[-]?\d+$/.test(y)];
    if (numberX !== numberY) return numberX ? -1 : 1;
    if (!numberX) return x > y ? 1 : -1;
    return BigInt(x) > BigInt(y) ? 1 : -1;
  }
  return 0;
}

interface Comparison {
  readonly operator: string;
  readonly than: Version;
  /** A part is left out or a wildcard. */
  readonly dirty: boolean;
  readonly minorDirty: boolean;
  readonly patchDirty: boolean;
}

const PART = "[0-9|xX*]+";
const LOOSE = `v?(${PART})(\\.${PART})?(\\.${PART})?(-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;
const WHOLE = LOOSE.replace(/\((?!\?)/g, "(?:");
const COMPARISON = new RegExp(`^\\s*(!=|>=|=>|<=|=<|~>|=|>|<|~|\\^|)\\s*${LOOSE}\\s*$`);
const RANGE = new RegExp(`\\s*(${WHOLE})\\s+-\\s+(${WHOLE})\\s*`, "g");

/** Alternatives by `||`, each of comparisons joined by commas. */
function readConstraint(text: string): Comparison[][] {
  return text
    .replace(RANGE, ">= $1, <= $2")
    .split("||")
    .map((alternative) => alternative.split(",").map(readComparison));
}

function readComparison(text: string): Comparison {
  const [, operator, major = "", minor = "", patch = "", prerelease = ""] =
    COMPARISON.exec(text) ?? [];
  if (operator === undefined) throw new FunctionError(`improper constraint: ${text}`);
  const isX = (part: string) => /^\.?[xX*]$/.test(part);
  const parse = (version: string) => {
    if (!VERSION.test(version)) throw new FunctionError("constraint Parser Error");
    return parseVersion(version);
  };
  const clean = { operator, dirty: true, minorDirty: false, patchDirty: false };
  if (isX(major)) return { ...clean, than: parse("0.0.0") };
  if (minor === "" || isX(minor))
    return { ...clean, minorDirty: true, than: parse(`${major}.0.0${prerelease}`) };
  if (isX(patch))
    return { ...clean, patchDirty: true, than: parse(`${major}${minor}.0${prerelease}`) };
  return { ...clean, dirty: false, than: parse(major + minor + patch + prerelease) };
}

function satisfies(alternatives: readonly (readonly Comparison[])[], version: Version): boolean {
  return alternatives.some((each) => each.every((comparison) => holds(version, comparison)));
}

function holds(version: Version, comparison: Comparison): boolean {
  const { operator, than, dirty } = comparison;
  const order = compare(version, than);
  if (operator === "!=" && !dirty) return order !== 0;
  if (version.prerelease !== "" && than.prerelease === "") return false;
  switch (operator) {
    case "!=":
      return differs(version, comparison);
    case ">":
      return order > 0;
    case "<":
      return dirty ? isBelow(version, comparison) : order < 0;
    case ">=":
    case "=>":
      return order >= 0;
    case "<=":
    case "=<":
      return dirty ? isBelow(version, comparison) : order <= 0;
    case "^":
      return order >= 0 && version.numbers[0] === than.numbers[0];
    case "~":
    case "~>":
      return order >= 0 && isClose(version, comparison);
    default:
      return dirty ? order >= 0 && isClose(version, comparison) : order === 0;
  }
}

function differs(version: Version, { than, minorDirty }: Comparison): boolean {
  if (than.numbers[0] !== version.numbers[0]) return true;
  return than.numbers[1] !== version.numbers[1] && !minorDirty;
}

function isBelow(version: Version, { than, minorDirty }: Comparison): boolean {
  if (version.numbers[0] > than.numbers[0]) return false;
  return minorDirty || version.numbers[1] <= than.numbers[1];
}

function isClose(version: Version, { than, minorDirty, patchDirty }: Comparison): boolean {
  const isZero = than.numbers.every((number) => number === 0n);
  if (isZero && !minorDirty && !patchDirty) return true;
  if (version.numbers[0] !== than.numbers[0]) return false;
  return minorDirty || version.numbers[1] === than.numbers[1];
}
