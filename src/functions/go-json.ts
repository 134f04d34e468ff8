import { isMap } from "../model/json.ts";

/**
 * JSON text as Go's encoder writes it: keys sorted, and `<`, `>`, `&` escaped unless `raw`.
 * @param indent spaces per level; everything on one line when 0
 */
export function goJson(
  value: unknown,
  options: { readonly indent?: number; readonly raw?: boolean } = {},
): string {
  const json = write(value, options.indent ?? 0, "\n");
  const always = json.replace(/[\u2028\u2029]/g, escaped);
  return options.raw ? always : always.replace(/[<>&]/g, escaped);
}

function write(value: unknown, indent: number, line: string): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) {
    const items = value.map((item) => write(item, indent, line + " ".repeat(indent)));
    return wrapped("[", items, "]", indent, line);
  }
  if (!isMap(value)) return JSON.stringify(value ?? null);
  const colon = indent > 0 ? ": " : ":";
  const members = Object.keys(value)
    .sort()
    .map(
      (key) => JSON.stringify(key) + colon + write(value[key], indent, line + " ".repeat(indent)),
    );
  return wrapped("{", members, "}", indent, line);
}

function wrapped(
  open: string,
  parts: readonly string[],
  close: string,
  indent: number,
  line: string,
): string {
  if (indent === 0 || parts.length === 0) return open + parts.join(",") + close;
  const inner = line + " ".repeat(indent);
  return open + inner + parts.join(`,${inner}`) + line + close;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
