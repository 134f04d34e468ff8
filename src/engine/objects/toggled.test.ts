import { expect, test } from "vitest";
import type { Parameter } from "../../model/parameter.ts";
import type { ToggleTask } from "../../model/task.ts";
import { toggled } from "./toggled.ts";

const TASK: ToggleTask = { kind: "Toggle", name: "t", resources: ["a.yaml"], parameter: "ON" };

function declared(type: Parameter["type"], name = "ON"): { parameters: Parameter[] } {
  const at = { file: "params.yaml", line: 1, col: 1 };
  return { parameters: [{ name, type, kudoType: type, required: true, immutable: false, at }] };
}

test.each([
  ..."1 t T TRUE true True".split(" ").map((text) => [text, "Apply"]),
  ..."0 f F FALSE false False".split(" ").map((text) => [text, "Delete"]),
])("%s makes it an %s, as Go reads booleans", (text, kind) => {
  expect(toggled(TASK, declared("boolean"), { ON: text })).toEqual({
    ...{ kind, name: "t", resources: ["a.yaml"] },
  });
});

test.each(["yes", "no", "on", "", "tRUE", "2"])("%j is neither", (text) => {
  expect(() => toggled(TASK, declared("string"), { ON: text })).toThrow("must be true or false");
});

test("the parameter must be there and be a text", () => {
  expect(() => toggled(TASK, declared("boolean", "OTHER"), {})).toThrow("has no parameter ON");
  expect(() => toggled(TASK, declared("map"), { ON: "a: b" })).toThrow("is no text");
});
