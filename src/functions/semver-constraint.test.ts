import { expect, test } from "vitest";
import { satisfies } from "./semver-constraint.ts";
import { parseVersion } from "./semver-version.ts";

const VERSIONS =
  "1.2.3 1.2.0 1.3.0 1.2.3-beta.1 1.2.3-beta.3 1.0.0 2.0.0 2.0.0-alpha 0.2.5 0.0.3 0.3.0 v1.2.4 1.19.0 1.18.9 1.19.0-gke.1 1.8 3 3.1.0-rc1 0.0.0 1.2.3+meta".split(
    " ",
  );

/** What Masterminds/semver 3.3.0 answers for each of the versions: `x` yes, `.` no. */
const TABLE = [
  [">=1.19-0", "......xx....x.x.xx.."],
  ["^1.8-0", "............xxxx...."],
  ["!=1.0.0", "xxxxx.xxxxxxxxxxxxxx"],
  ["<1.19-0", "xxxxxx..xxxx.x.x..xx"],
  ["~1.2", "xx.........x.......x"],
  ["~1", "xxx..x.....xxx.x...x"],
  ["1.x", "xxx..x.....xxx.x...x"],
  ["*", "xxx..xx.xxxxxx.xx.xx"],
  ["", "error"],
  [">1.2", "..x...x.....xx.xx..."],
  [">1", "......x.........x..."],
  ["<=1.2", "xx...x..xxxx......xx"],
  ["1.2 - 1.4", "xxx........x.......x"],
  [">=1.2, <2 || 3.x", "xxx........xxx.xx..x"],
  ["^0.2", "........x..........."],
  ["^0.0.3", ".........x.........."],
  ["^0", "........xxx.......x."],
  ["!=1.2", "..x..xx.xxx.xx.xx.x."],
  ["!=1.x", "......x.xxx.....x.x."],
  ["=1.2.3", "x..................x"],
  ["1.2.3", "x..................x"],
  ["v1.2.3", "x..................x"],
  ["~0.0.0", "xxx..xx.xxxxxx.xx.xx"],
  ["<1.2", ".....x..xxx.......x."],
  [">= 1.2.3-alpha", "x.xxx.xx...xxxxxxx.x"],
  ["=>1.2", "xxx...x....xxx.xx..x"],
  ["~>1.2.3", "x..........x.......x"],
  ["!=1.2.3-beta", "xxxxxxxxxxxxxxxxxxxx"],
  ["bad", "error"],
  [">=1.2 <1.3", "xx.........x.......x"],
  [">1.2 - 3", "error"],
  ["^1.2.3-beta.2", "x.x.x......xxxxx...x"],
  ["<2-0", "xxxxxx..xxxxxxxx..xx"],
  ["!=1.2-0", "xxxxxxxxxxxxxxxxxxxx"],
  ["!=1.2.x-beta.1", "xxx.xxxxxxxxxxxxxxxx"],
  ["1.2.x-0", "xx.xx......x.......x"],
  [">1-0", "......xx........xx.."],
  ["<=1-0", "xxxxxx..xxxxxxxx..xx"],
  ["^0.2-0", "........x..........."],
  ["~0", "........xxx.......x."],
  ["~0.2.3", "........x..........."],
  [">0.0.0", "xxx..xx.xxxxxx.xx..x"],
  ["x", "xxx..xx.xxxxxx.xx.xx"],
  [">=x", "xxx..xx.xxxxxx.xx.xx"],
  ["1.2.3||2.0.0", "x.....x............x"],
  ["1.2.3 || ^0.2, !=0.2.5", "x..................x"],
] as const;

test.each(TABLE)("%s", (constraint, expected) => {
  const answers = () =>
    VERSIONS.map((version) => (satisfies(parseVersion(version), constraint) ? "x" : "."));
  if (expected === "error") expect(answers).toThrow("version constraint");
  else expect(answers().join("")).toBe(expected);
});

test.each(["", "x", "1.2.3.4", "1.2.3-01", " 1.2", "1.2.3-", "99999999999999999999.0.0"])(
  "%j is no version",
  (version) => expect(() => parseVersion(version)).toThrow("no semantic version"),
);

test.each([
  ["v1", [1, 0, 0, "", ""]],
  ["01.2.3", [1, 2, 3, "", ""]],
  ["1.2-beta+b.5", [1, 2, 0, "beta", "b.5"]],
])("%s is read", (text, expected) => {
  const { major, minor, patch, prerelease, metadata } = parseVersion(text);
  expect([major, minor, patch, prerelease, metadata]).toEqual(expected);
});
