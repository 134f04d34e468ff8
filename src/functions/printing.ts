import { text } from "./arguments.ts";
import { MANY, native } from "./define.ts";
import { goFormat } from "./go-format.ts";
import { goText } from "./go-text.ts";
import { checkTextSize } from "./limits.ts";
import type { TemplateFunction } from "./template-function.ts";

/** Go's printing, and its escaping for other languages. */
export const PRINTING: readonly TemplateFunction[] = [
  native("print", [0, MANY], print),
  native("println", [0, MANY], (args) => `${args.map(goText).join(" ")}\n`),
  native("printf", [1, MANY], ([format, ...args]) => sized(goFormat(text(format), args))),
  native("html", [1, MANY], (args) => escapeWith(print(args), HTML)),
  native("js", [1, MANY], (args) => escapeWith(print(args), JS)),
  native("urlquery", [1, MANY], (args) => queryEscape(print(args))),
];

/** Spaces stand between two values neither of which is a text. */
function print(args: readonly unknown[]): string {
  let printed = "";
  for (const [index, value] of args.entries()) {
    const spaced = index > 0 && typeof value !== "string" && typeof args[index - 1] !== "string";
    printed += (spaced ? " " : "") + goText(value);
  }
  return sized(printed);
}

function sized(s: string): string {
  checkTextSize(s.length);
  return s;
}

const HTML: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};
const JS: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

function escapeWith(s: string, escapes: Readonly<Record<string, string>>): string {
  const controls = escapes === JS;
  return Array.from(s, (char) => {
    const code = char.charCodeAt(0);
    if (controls && code < 0x20) return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
    return Object.hasOwn(escapes, char) ? escapes[char] : char;
  }).join("");
}

/** Go's `url.QueryEscape`. */
function queryEscape(s: string): string {
  return encodeURIComponent(Buffer.from(s).toString())
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, "+");
}
