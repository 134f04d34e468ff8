import type { CaseResult, Failure } from "../../package-test/run-case.ts";
import { paint, type Terminal } from "../terminal.ts";
import { duration } from "./duration.ts";

/** How a case went: a line, and for each expectation that was not met where it stands, what was found, and what the command said last. */
export function caseText(result: CaseResult, took: number, terminal: Terminal): string {
  const passed = result.failures.length === 0;
  const mark = paint(terminal, passed ? "good" : "bad", passed ? "ok  " : "FAIL");
  const times = paint(
    terminal,
    "dim",
    `(${duration(result.elapsed)} simulated in ${duration(took)}, ${result.requests} requests)`,
  );
  const lines = [`${mark} ${result.name} ${times}`, ...failuresText(result.failures, terminal)];
  return `${lines.join("\n")}\n`;
}

/** The last line: how many passed, and how to see a failure again. */
export function casesSummary(results: readonly CaseResult[], terminal: Terminal): string {
  const failed = results.filter(({ failures }) => failures.length > 0);
  const words = `${results.length - failed.length} passed, ${failed.length} failed (simulated)`;
  const seeds = failed.map(({ name, seed }) => `  --case ${quoted(name)} --seed ${quoted(seed)}\n`);
  const again = seeds.length > 0 ? `to see ${failed.length > 1 ? "them" : "it"} again:\n` : "";
  const tone = failed.length > 0 ? "bad" : "good";
  return `${paint(terminal, tone, words)}\n${again}${seeds.join("")}`;
}

function failuresText(failures: readonly Failure[], terminal: Terminal): string[] {
  const [first] = failures;
  if (first === undefined) return [];
  const lines = [`  ${first.command}`];
  for (const { message, at, diff } of failures) {
    lines.push(`  ${paint(terminal, "bold", `${at.file}:${at.line}:${at.col}`)}: ${message}`);
    for (const line of diff?.trimEnd().split("\n") ?? [])
      lines.push(`    ${paint(terminal, toneOf(line), line)}`);
  }
  lines.push("  what it said last:", ...first.log.map((line) => `    | ${line}`.trimEnd()));
  return lines;
}

function toneOf(line: string): "good" | "bad" | "dim" {
  if (line.startsWith("-")) return "good";
  return line.startsWith("+") ? "bad" : "dim";
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
