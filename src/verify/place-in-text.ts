import type { Place } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { WordPath } from "./operator-words.ts";

/**
 * Where a character of a text of operator.yaml stands in the file. Exact for what is written in one line, and for a block after `|`; else the place of the whole text.
 * @param offset of the character in the text, from 0
 */
export function placeInText(
  pkg: OperatorPackage,
  path: WordPath,
  text: string,
  offset: number,
): Place {
  const at = pkg.placeOf("operator.yaml", path);
  const lines = linesOf(pkg);
  const line = lines[at.line - 1] ?? "";
  for (const quote of [0, 1])
    if (!text.includes("\n") && line.startsWith(text, at.col - 1 + quote))
      return { ...at, col: at.col + quote + offset };
  return inBlock(at, lines, text, offset) ?? at;
}

/** In a block, whose lines stand at the place of the text or follow it, indented alike. */
function inBlock(
  at: Place,
  lines: readonly string[],
  text: string,
  offset: number,
): Place | undefined {
  const before = text.slice(0, offset).split("\n");
  const down = before.length - 1;
  const all = text.split("\n");
  for (const from of [at.line - 1, at.line]) {
    const indent = (lines[from] ?? "").length - (lines[from] ?? "").trimStart().length;
    const isHere = [0, down].every((index) => lines[from + index]?.slice(indent) === all[index]);
    if (isHere && indent > 0)
      return { ...at, line: from + down + 1, col: indent + 1 + (before.at(-1) ?? "").length };
  }
  return undefined;
}

const kept = new WeakMap<OperatorPackage, readonly string[]>();

function linesOf(pkg: OperatorPackage): readonly string[] {
  const known = kept.get(pkg);
  if (known) return known;
  const text = new TextDecoder().decode(pkg.files.get("operator.yaml"));
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  kept.set(pkg, lines);
  return lines;
}
