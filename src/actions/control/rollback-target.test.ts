import { expect, test } from "vitest";
import type { RunKind, RunRecord } from "../../model/run.ts";
import { rollbackTarget } from "./rollback-target.ts";

// `update 5 a !`: kind, values, package; `!` failed, `?` unfinished, `>2` went back to run 2, `*` had values for itself alone. Oldest first, numbered from 1.
test.each<readonly [string, readonly string[], number | undefined, number | string]>([
  ["the one before", ["install 3 a", "update 5 a"], undefined, 1],
  [
    "the last complete one, when what is wanted failed",
    ["install 3 a", "update 5 a", "update 7 a !"],
    undefined,
    2,
  ],
  [
    "what wanted the same does not count",
    ["install 3 a", "update 5 a !", "update 5 a"],
    undefined,
    1,
  ],
  ["nor do plans that were triggered", ["install 3 a", "update 5 a", "trigger 5 a"], undefined, 1],
  ["nor another secret", ["install 3 a", "update 5 a", "update 5+sha256:x a"], undefined, 1],
  ["another package does", ["install 3 a", "upgrade 3 b"], undefined, 1],
  [
    "a rollback is a run like any other",
    ["install 3 a", "update 5 a", "rollback 3 a >1"],
    undefined,
    2,
  ],
  ["an unfinished one goes on", ["install 3 a", "update 5 a", "rollback 3 a >1 ?"], undefined, 1],
  ["a failed one too", ["install 3 a", "update 5 a", "rollback 3 a >1 !"], undefined, 1],
  ["nothing before", ["install 3 a"], undefined, "nothing-to-roll-back-to"],
  [
    "nothing complete before",
    ["install 3 a !", "update 5 a"],
    undefined,
    "nothing-to-roll-back-to",
  ],
  ["unless it is named", ["install 3 a !", "update 5 a"], 1, 1],
  ["a number that is not kept", ["install 3 a"], 4, "no-such-run"],
  ["a repair, which has the values of others", ["install 3 a", "fix 3 a"], 2, "no-such-run"],
  ["a triggered plan", ["install 3 a", "trigger 3 a", "update 5 a"], 2, 2],
  [
    "a triggered plan with a value for itself alone",
    ["install 3 a", "trigger 4 a *"],
    2,
    "no-such-run",
  ],
  ["an uninstall", ["install 3 a", "uninstall 3 a ?"], 2, "no-such-run"],
])("%s", (_, texts, wanted, found) => {
  const runs = texts.map(runOf).reverse();
  const question = { name: "demo", digest: runs[0]?.digest ?? "", runs };
  const target = (): number => rollbackTarget(question, wanted).number;
  if (typeof found === "number") expect(target()).toBe(found);
  else expect(target).toThrow(expect.objectContaining({ code: found, kind: "bad-input" }));
});

test("a text of a KUDO package that looks like the hash of a secret is a text", () => {
  const image = (number: number, sum: string) => ({
    ...runOf("update 3 a", number - 1),
    parameters: { IMAGE: `sha256:${sum}` },
  });
  const question = { name: "demo", digest: "a", runs: [image(2, "b"), image(1, "a")] };
  expect(rollbackTarget({ ...question, dialect: "kudo" }, undefined).number).toBe(1);
  expect(() => rollbackTarget(question, undefined)).toThrow("no earlier run");
});

function runOf(text: string, index: number): RunRecord {
  const [kind = "", values = "", digest = "", ...marks] = text.split(" ");
  const [count = "", secret] = values.split("+");
  const back = marks.find((mark) => mark.startsWith(">"))?.slice(1);
  const status = marks.includes("!")
    ? "FATAL_ERROR"
    : marks.includes("?")
      ? "IN_PROGRESS"
      : "COMPLETE";
  return {
    number: index + 1,
    kind: kind as RunKind,
    digest,
    status,
    parameters: { COUNT: count, ...(secret !== undefined && { PASSWORD: secret }) },
    cause: {
      host: "",
      changes: marks.includes("*") ? [{ name: "COUNT" }] : [],
      ...(back !== undefined && { rollbackTo: Number(back) }),
    },
  } as unknown as RunRecord;
}
