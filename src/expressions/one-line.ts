import type { Expression } from "../model/expression.ts";

/** Letters of an expression that are shown in a sentence. */
const SHOWN = 200;

/** An expression as it stands in a sentence for people: on one line, without lines that are only a comment, cut after `most` letters. */
export function oneLine(expression: Expression, most: number = SHOWN): string {
  const lines = expression.split("\n").filter((line) => !line.trim().startsWith("//"));
  const text = lines.join(" ").trim().replaceAll(/\s+/g, " ");
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}
