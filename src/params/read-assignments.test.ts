import { expect, test } from "vitest";
import type { Dialect } from "../model/package.ts";
import type { Parameter } from "../model/parameter.ts";
import { readAssignments } from "./read-assignments.ts";

const at = { file: "params.yaml", line: 1, col: 1 };
const count: Parameter = { name: "COUNT", type: "integer", required: false, immutable: false, at };
const kudo: Parameter = { ...count, kudoType: "integer" };

test.each<[dialect: Dialect, set: string[], unset: string[], given: object, codes: string[]]>([
  ["native", ["COUNT=3"], [], { COUNT: 3 }, []],
  ["kudo", ["COUNT=3"], [], { COUNT: "3" }, []],
  ["kudo", ["COUNT=@file"], [], { COUNT: "@file" }, []],
  ["kudo", ["ODD=1"], [], { ODD: "1" }, ["unknown-parameter"]],
  ["native", ["ODD=1"], [], {}, ["unknown-parameter"]],
  ["kudo", ["COUNT=3"], ["COUNT"], { COUNT: "3" }, ["given-and-unset"]],
  ["native", ["COUNT=3"], ["COUNT"], { COUNT: 3 }, ["given-and-unset"]],
])("%s: %j without %j is %j", async (dialect, set, unset, given, codes) => {
  const pkg = { dialect, parameters: [dialect === "kudo" ? kudo : count] };
  const nothing = () => Promise.resolve("");
  const sources = { set, unset, files: [], readFile: nothing, readStdin: nothing };
  const read = await readAssignments(pkg, sources);
  expect(read.given).toEqual(given);
  expect(read.issues.map(({ code }) => code)).toEqual(codes);
});
