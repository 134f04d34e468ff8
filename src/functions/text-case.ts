import { integer, text } from "./arguments.ts";
import { both } from "./define.ts";
import { checkTextSize } from "./limits.ts";
import { SPACE } from "./strings.ts";
import type { TemplateFunction } from "./template-function.ts";

/** Upper and lower case, the spellings of names, abbreviations. */
export const TEXT_CASE: readonly TemplateFunction[] = [
  both("upper", 1, ([s]) => each(text(s), toUpper)),
  both("lower", 1, ([s]) => each(text(s), toLower)),
  both("title", 1, ([s]) => title(text(s))),
  both("untitle", 1, ([s]) => atWordStart(text(s), toLower)),
  both("swapcase", 1, ([s]) =>
    each(text(s), (char) => (isUpper(char) ? toLower(char) : toUpper(char))),
  ),
  both("nospace", 1, ([s]) => each(text(s), (char) => (SPACE.has(char) ? "" : char))),
  both("initials", 1, ([s]) => initials(text(s))),
  both("camelcase", 1, ([s]) => camelCase(text(s))),
  both("snakecase", 1, ([s]) => joinWords(text(s), "_")),
  both("kebabcase", 1, ([s]) => joinWords(text(s), "-")),
  both("abbrev", 2, ([width, s]) => abbreviate(text(s), 0, integer(width))),
  both("abbrevboth", 3, ([left, right, s]) => abbreviate(text(s), integer(left), integer(right))),
  both("wrap", 2, ([width, s]) => wrap(text(s), integer(width), "\n", false)),
  both("wrapWith", 3, ([width, separator, s]) =>
    wrap(text(s), integer(width), text(separator) || "\n", true),
  ),
];

/** Go maps letter by letter: `ß` has no single capital and stays. */
function toUpper(char: string): string {
  const upper = char.toUpperCase();
  return Array.from(upper).length === 1 ? upper : char;
}

function toLower(char: string): string {
  const lower = char.toLowerCase();
  return Array.from(lower).length === 1 ? lower : char;
}

function isUpper(char: string): boolean {
  return /^\p{Lu}$/u.test(char);
}

function each(s: string, change: (char: string) => string): string {
  return Array.from(s, change).join("");
}

/** Go's `strings.Title`: a letter after anything but a letter, digit or underscore. */
function title(s: string): string {
  return s.replace(/(?<![\p{L}\p{N}_])\p{L}/gu, toUpper);
}

function atWordStart(s: string, change: (char: string) => string): string {
  let before = " ";
  return each(s, (char) => {
    const changed = SPACE.has(before) ? change(char) : char;
    before = char;
    return changed;
  });
}

function initials(s: string): string {
  return s
    .split(/\s+/)
    .map((word) => Array.from(word)[0] ?? "")
    .join("");
}

/** `http_server` → `HttpServer`. Connectors in front stay; of several in a row all but one. */
function camelCase(s: string): string {
  const [, front = "", rest = ""] = /^([-_\s]*)(.*)$/su.exec(s) ?? [];
  const words = rest.replace(/([-_\s]*)[-_\s](?=(.?))/gsu, (_, kept: string, next: string) =>
    next === "" ? `${kept}_` : `${kept}\0`,
  );
  const cased = words.split("\0").map((word) => {
    const [first = "", ...others] = Array.from(word);
    const capitals = isUpper(first) ? others.findIndex((char) => !isUpper(char)) : 0;
    const run = capitals < 0 ? others.length : capitals;
    return [toUpper(first), ...others.slice(0, run).map(toLower), ...others.slice(run)].join("");
  });
  return front + cased.join("");
}

/** `HTTPServer2Go` → `http_server2_go`: where the case changes, and before a number that small letters follow. */
function joinWords(s: string, connector: string): string {
  return s
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, "$1\0")
    .replace(/([\p{Ll}\d])(?=\p{Lu})/gu, "$1\0")
    .replace(/(\p{L})(?=\d+\p{Ll})/gu, "$1\0")
    .replace(/[-_\s\0]/g, connector)
    .toLowerCase();
}

/** Cuts to `width` characters with `...`; from `left` on, with `...` in front, when that is beyond the fourth character. */
function abbreviate(s: string, left: number, width: number): string {
  const tooNarrow = width < 4 || (left > 0 && width < 7);
  if (tooNarrow || s.length <= width) return s;
  const start = Math.min(left, s.length, s.length - (width - 3));
  if (start <= 4) return `${s.slice(0, width - 3)}...`;
  if (start + width - 3 < s.length) return `...${abbreviate(s.slice(start), 0, width - 3)}`;
  return `...${s.slice(s.length - (width - 3))}`;
}

/** Breaks at spaces; a word longer than the width is broken only when `breakWords`. */
function wrap(s: string, width: number, separator: string, breakWords: boolean): string {
  const most = Math.max(width, 1);
  checkTextSize(s.length + (s.length / most) * separator.length);
  const lines: string[] = [];
  let at = 0;
  while (s.length - at > most) {
    if (s[at] === " ") {
      at++;
      continue;
    }
    const space = s.lastIndexOf(" ", at + most);
    const after = space >= at ? space : s.indexOf(" ", at + most);
    const broken = space < at && breakWords;
    const end = broken ? at + most : after < 0 ? s.length : after;
    lines.push(s.slice(at, end));
    at = broken ? end : end + 1;
    if (end === s.length) return lines.join(separator);
  }
  return [...lines, s.slice(at)].join(separator);
}
