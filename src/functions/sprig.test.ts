import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { goText } from "./go-text.ts";
import { functionsOf } from "./table.ts";
import type { FunctionContext } from "./template-function.ts";

/**
 * What Sprig 3.3.0 (with Go 1.26's own functions, and Helm's toYaml) answers: one file of `vectors/` a family, each a list of calls as Go's templates
 * write them and the text that Go prints for the result. `ERROR` stands for any refusal.
 */
const folder = join(import.meta.dirname, "vectors");
const families = readdirSync(folder).map((file) => ({
  family: file.replace(/\.json$/, ""),
  vectors: JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, string>,
}));

describe.each(families)("$family", ({ vectors }) => {
  test.each(Object.entries(vectors))("%s → %s", (call, expected) => {
    expect(printed(call)).toBe(expected);
  });
});

test("every function of the table that Sprig has is in the vectors", () => {
  const named = families.flatMap(({ vectors }) =>
    Object.keys(vectors).flatMap((call) => call.match(/(?<=^|\()\w+/g) ?? []),
  );
  const missing = [...functionsOf("native").keys()].filter((name) => !named.includes(name));
  expect(missing.sort()).toEqual(OWN_TESTS);
});

/** Random ones, those that need the run's time, Helm's, and one that answers otherwise: `functions.test.ts` has them. */
const OWN_TESTS = [
  "ago",
  "bcrypt",
  "fromYaml",
  "htpasswd",
  "now",
  "quantityBytes",
  "randAlpha",
  "randAlphaNum",
  "randAscii",
  "randBytes",
  "randInt",
  "randNumeric",
  "required",
  "semver",
  "shuffle",
  "uuidv4",
];

function printed(call: string): string {
  try {
    return goText(answer(call));
  } catch (error) {
    if (error instanceof Error && error.name === "FunctionError") return "ERROR";
    throw error;
  }
}

function answer(call: string): unknown {
  const tokens = call.match(/\(|\)|"(?:\\.|[^"\\])*"|[^\s()]+/g) ?? [];
  const context: FunctionContext = {
    seed: "seed",
    startedAt: "2023-11-14T22:13:20Z",
    template: "t.yaml",
    nextOrdinal: () => 0,
  };
  let at = 0;
  const read = (): unknown => {
    const entry = functionsOf("native").get(tokens[at++] ?? "");
    const args: unknown[] = [];
    while (at < tokens.length && tokens[at] !== ")") args.push(operand());
    at++;
    if (!entry) throw new Error(`no such function in ${call}`);
    return entry.call(args, context);
  };
  const operand = (): unknown => {
    const token = tokens[at++] ?? "";
    if (token === "(") return read();
    return token === "nil" ? null : JSON.parse(token);
  };
  return read();
}
