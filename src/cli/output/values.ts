import type { Terminal } from "../terminal.ts";

/** Prints a value as `-o json` (indented by two) or `-o yaml` asks. */
export async function printValue(
  value: unknown,
  format: "json" | "yaml",
  terminal: Terminal,
): Promise<void> {
  if (format === "json") return terminal.out(`${JSON.stringify(value, null, 2)}\n`);
  const { dump } = await import("js-yaml");
  terminal.out(dump(JSON.parse(JSON.stringify(value)), { lineWidth: -1 }));
}
