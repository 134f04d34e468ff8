/** How wide a column may be, and what happens to what is wider: cut with `...`, or wrapped at spaces. */
export interface ColumnLimit {
  readonly width: number;
  readonly wrap: boolean;
}

/** Rows as KUDO's table library (uitable) prints them: cells padded to the widest of their column, tabs between, the last one padded too. */
export function columns(rows: readonly (readonly string[])[], limit?: ColumnLimit): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => {
    const widest = Math.max(...rows.map((row) => widthOf(row[column] ?? "")));
    return limit ? Math.min(limit.width, widest) : widest;
  });
  return rows.flatMap((row) => linesOf(row, widths, limit?.wrap === true)).join("");
}

/** The lines of a row: as many as its highest cell has. */
function linesOf(
  row: readonly string[],
  widths: readonly number[],
  wrap: boolean,
): readonly string[] {
  const cells = widths.map((width, column) => {
    const text = row[column] ?? "";
    return wrap && widthOf(text) > width ? wrapped(text, width) : text.split("\n");
  });
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = widths.map((width, column) => resized(cells[column]?.[line] ?? "", width));
    return `${parts.join("\t")}\n`;
  });
}

function resized(text: string, width: number): string {
  const chars = Array.from(text);
  if (chars.length <= width) return text + " ".repeat(width - chars.length);
  return width > 3 ? `${chars.slice(0, width - 3).join("")}...` : chars.slice(0, width).join("");
}

/** Broken at spaces; a word that is longer than the width is a line of its own. */
function wrapped(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const lines: string[] = [];
    let now = "";
    for (const word of line.split(/ +/)) {
      const longer = now === "" ? word : `${now} ${word}`;
      if (widthOf(longer) <= width || now === "") now = longer;
      else {
        lines.push(now);
        now = word;
      }
    }
    return [...lines, now];
  });
}

function widthOf(text: string): number {
  return Math.max(...text.split("\n").map((line) => Array.from(line).length));
}
