import { expect, test } from "vitest";
import { readKudoPackage } from "../../package/kudo/kudo-package.ts";
import { kudoNameIssues } from "./kudo-names.ts";

test.each<[name: string, operatorVersion: string, appVersion: string, line?: number]>([
  ["shop", "0.1.0", ""],
  ["my.shop", "1", "5.7-rc1"],
  ["Shop", "0.1.0", "", 1],
  ["my_shop", "0.1.0", "", 1],
  ["''", "0.1.0", "", 1],
  ["a".repeat(64), "0.1.0", "", 1],
  ["shop", "0.1.0+build", "", 2],
  ["shop", "0.1.0", "1.0_2", 3],
  ["shop", "''", "", 2],
])("%s %s %s", (name, operatorVersion, appVersion, line) => {
  const text = `name: ${name}\noperatorVersion: "${operatorVersion.replaceAll("'", "")}"\nappVersion: "${appVersion}"\n`;
  const files = new Map([
    ["operator.yaml", Buffer.from(text)],
    ["params.yaml", Buffer.from("")],
  ]);
  const { pkg } = readKudoPackage("x", files);
  if (!pkg) throw new Error("no package");
  expect(kudoNameIssues(pkg).map(({ at }) => at?.line)).toEqual(line === undefined ? [] : [line]);
});
