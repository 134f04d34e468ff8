import { expect, test } from "vitest";
import { resolveScalar } from "./resolve-scalar.ts";

/** Measured through kubectl: what `sigs.k8s.io/yaml` makes of a plain scalar. */
const CASES: readonly [string, unknown][] = [
  ["", null],
  ["~", null],
  ["Null", null],
  ["nULL", undefined],
  ["y", true],
  ["Yes", true],
  ["on", true],
  ["ON", true],
  ["n", false],
  ["off", false],
  ["FALSE", false],
  ["fAlse", undefined],
  ["0", 0],
  ["-0", 0],
  ["+3", 3],
  ["010", 8],
  ["08", 8],
  ["0o17", 15],
  ["0x1F", 31],
  ["-0x1F", -31],
  ["0b101", 5],
  ["1_000", 1000],
  ["_1", undefined],
  ["1e3", 1000],
  ["1.5e-3", 0.0015],
  [".5", 0.5],
  ["5.", 5],
  ["1e999", undefined],
  [".inf", Number.POSITIVE_INFINITY],
  ["-.INF", Number.NEGATIVE_INFINITY],
  [".nan", Number.NaN],
  ["1:30", undefined],
  ["2020-01-01", undefined],
  ["1.2.3", undefined],
  ["0x", undefined],
  ["-", undefined],
  ["9007199254740991", 9007199254740991],
  ["9007199254740993", 9007199254740993n],
  ["18446744073709551615", 18446744073709551615n],
  ["18446744073709551616", 2 ** 64],
  ["-9223372036854775808", -(2n ** 63n)],
  ["1Gi", undefined],
  ["=", undefined],
  ["<<", undefined],
];

test.each(CASES.map(([text, meaning]) => [text, String(meaning), meaning] as const))(
  '"%s" means %s',
  (text, _, meaning) => {
    expect(resolveScalar(text)).toBe(meaning);
  },
);
