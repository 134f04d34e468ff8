import { RE2JS } from "re2js";
import { integer, text } from "./arguments.ts";
import { both, kudo, native } from "./define.ts";
import { checkItemCount, checkTextSize } from "./limits.ts";
import { FunctionError, type TemplateFunction } from "./template-function.ts";

/** Regular expressions: RE2's, as in Go, which take time in proportion to the text. */
export const REGEX: readonly TemplateFunction[] = [
  native("regexMatch", 2, ([re, s]) => matches(text(re), text(s), 1).length > 0),
  kudo("regexMatch", 2, ([re, s]) => isMatch(text(re), text(s))),
  both("regexFind", 2, ([re, s]) => matches(text(re), text(s), 1)[0]?.groups[0] ?? ""),
  both("regexFindAll", 3, ([re, s, count]) =>
    matches(text(re), text(s), integer(count)).map(({ groups }) => groups[0] ?? ""),
  ),
  both("regexReplaceAll", 3, ([re, s, by]) =>
    replaceAll(text(re), text(s), (match) => expand(text(by), match)),
  ),
  both("regexReplaceAllLiteral", 3, ([re, s, by]) => replaceAll(text(re), text(s), () => text(by))),
  both("regexSplit", 3, ([re, s, count]) => split(text(re), text(s), integer(count))),
  native("regexQuoteMeta", 1, ([s]) => text(s).replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
];

/** Characters that all the searches of one call may go through: each can run to the end of the text. */
const MAX_WORK = 10_000_000;

interface Match {
  readonly start: number;
  readonly end: number;
  /** The whole match, then each group; a group that took no part is empty. */
  readonly groups: readonly string[];
  readonly names: Readonly<Record<string, number>>;
}

/** Matches from left to right, at most `count` (all when negative); an empty one right after another match does not count, as in Go. */
function matches(expression: string, s: string, count: number): Match[] {
  if (expression.length * s.length > MAX_WORK)
    throw new FunctionError("too long a regular expression for too long a text");
  const re = compile(expression);
  const matcher = re.matcher(s);
  const found: Match[] = [];
  let at = 0;
  let lastEnd = -1;
  let work = 0;
  while (at <= s.length && found.length !== count && matcher.find(at)) {
    const [start, end] = [matcher.start(), matcher.end()];
    work += s.length - at;
    if (work > MAX_WORK) throw new FunctionError("too many matches in too long a text");
    if (end > start || start !== lastEnd) {
      const groups = Array.from(
        { length: matcher.groupCount() + 1 },
        (_, i) => matcher.group(i) ?? "",
      );
      found.push({ start, end, groups, names: re.namedGroups() });
      checkItemCount(found.length);
    }
    lastEnd = end;
    at = end > at ? end : at + ((s.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  }
  return found;
}

/** Sprig 2.22: what is no regular expression matches nothing. */
function isMatch(expression: string, s: string): boolean {
  try {
    return matches(expression, s, 1).length > 0;
  } catch (error) {
    if (error instanceof FunctionError) return false;
    throw error;
  }
}

function compile(expression: string): RE2JS {
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FunctionError(`no regular expression: ${why}`, { cause: error });
  }
}

function replaceAll(expression: string, s: string, by: (match: Match) => string): string {
  let replaced = "";
  let at = 0;
  for (const match of matches(expression, s, -1)) {
    replaced += s.slice(at, match.start) + by(match);
    checkTextSize(replaced.length);
    at = match.end;
  }
  return replaced + s.slice(at);
}

/** Go's `Expand`: `$1`, `${1}`, `$name`, `$$`; the longest name counts, and an unknown one is empty. */
function expand(template: string, { groups, names }: Match): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    const name = bare ?? braced;
    if (name === undefined) return whole.slice(1);
    const index = /^\d+$/.test(name) ? Number(name) : Object.hasOwn(names, name) ? names[name] : -1;
    return groups[index ?? -1] ?? "";
  });
}

/** Go's `Regexp.Split`. */
function split(expression: string, s: string, count: number): string[] {
  if (count === 0) return [];
  if (expression !== "" && s === "") return [""];
  const parts: string[] = [];
  let from = 0;
  let to = 0;
  for (const { start, end } of matches(expression, s, count)) {
    if (count > 0 && parts.length === count - 1) break;
    to = start;
    if (end !== 0) parts.push(s.slice(from, to));
    from = end;
  }
  return to === s.length ? parts : [...parts, s.slice(from)];
}
