import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ours } from "./ours.ts";

/** What Go 1.23.8 answered (kubectl 1.32, missing keys are errors): the traps of the language one by one, then templates of the grammar. */
const cases: readonly {
  readonly template: string;
  readonly text: string;
  readonly error?: string;
}[] = JSON.parse(readFileSync(join(import.meta.dirname, "golden.json"), "utf8"));

test.each(cases.map((each) => [each.template.slice(0, 80), each] as const))(
  "%j",
  (_, { template, text, error }) => {
    const seen = ours(template, "error");
    expect(seen.error?.trimEnd()).toBe(error);
    if (error === undefined) expect(seen.text).toBe(text);
  },
);
