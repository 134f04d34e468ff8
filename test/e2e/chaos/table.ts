/** Prints a line at once, so that whoever waits for an hour sees what goes on. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A table as Markdown has it, its columns aligned. */
export function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, n) =>
    Math.max(3, head.length, ...rows.map((row) => (row[n] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, n) => (cells[n] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(heads), rule, ...rows.map(line)].join("\n");
}
