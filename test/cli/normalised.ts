/**
 * Output with what differs from run to run replaced: the values of `names` by their keys (`$PKG` for a folder's path), and times, durations, uids,
 * hashes, processes and hosts by a word in angle brackets.
 */
export function normalised(text: string, names: Readonly<Record<string, string>>): string {
  let out = text;
  for (const [key, value] of Object.entries(names)) out = out.replaceAll(value, key);
  for (const [pattern, word] of CHANGING) out = out.replace(pattern, word);
  return out;
}

const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "<time>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uid>"],
  [/\b(sha256:)?[0-9a-f]{64}\b/g, "<sha256>"],
  [/^ *(\d+ms|\d+s|\d+m\d\ds) {2}/gm, "<passed>  "],
  [/(?<= {2})(\d+ms|\d+s|\d+m\d\ds)\b */g, "<passed>   "],
  [/\b(AGE|TOOK) +/g, "$1   "],
  [/ +$/gm, ""],
  [/(resourceVersion"?: )"?'?\d+'?"?/g, "$1<version>"],
  // Writes that come close together are one.
  [/("?(?:observedG|g)eneration"?: )\d+/g, "$1<count>"],
  [/(kplan\.dev\/token"?: )["']?\d+["']?/g, '$1"<token>"'],
  [/(process |pid )\d+/g, "$1<pid>"],
  [/("?host"?: ).*$/gm, "$1<host>"],
  [/(asked for by|paused by|cancelled by) [^;:\s]+/g, "$1 <who>"],
  [/v20\.\d+\.\d+/g, "<node>"],
];
