import { readFileSync } from "node:fs";
import { join } from "node:path";
import { goData } from "../../src/go-template/go-data.ts";
import { parseGoTemplate, renderGoTemplate } from "../../src/go-template/go-template.ts";
import { GoTemplateError } from "../../src/go-template/template-error.ts";
import type { Answer } from "./kubectl.ts";

/** What the templates of the grammar see. */
export const DATA: Record<string, unknown> = JSON.parse(
  readFileSync(join(import.meta.dirname, "data.json"), "utf8"),
);

/** What our engine makes of a template, as kubectl would tell it: Go's own functions, integers apart. */
export function ours(
  text: string,
  missingKey: "default" | "error",
  data: Readonly<Record<string, unknown>> = DATA,
): Answer {
  const metadata = { ...(data.metadata as object), annotations: { a: "b" } };
  try {
    const template = parseGoTemplate("output", text, { functions: "go" });
    const context = {
      seed: "",
      startedAt: "2023-11-14T22:13:20Z",
      template: "output",
      nextOrdinal: () => 0,
    };
    return {
      text: renderGoTemplate(template, goData({ ...data, metadata }, "int64"), {
        context,
        missingKey,
      }),
    };
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error;
    return { text: "", error: error.message };
  }
}

/** A stream of choices that a number fixes. */
export function picker(seed: number): (count: number) => number {
  let state = seed | 0;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * count);
  };
}
