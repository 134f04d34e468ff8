import type { FaultFailure, FaultReport } from "../../package-test/faults/test-faults.ts";
import { paint, type Terminal } from "../terminal.ts";
import { duration } from "./duration.ts";

/** What came of all scenarios: the commands, a table by kind of fault, and each failure as short as it was made. */
export function faultsText(report: FaultReport, source: string, terminal: Terminal): string {
  const commands = report.commands.map(
    ({ command, exit, requests, writes }, index) =>
      `${String(index + 1).padStart(3)}  ${command}  ${paint(terminal, "dim", `(${requests} requests, ${writes} writes${exit === 0 ? "" : `, exit ${exit}`})`)}`,
  );
  const width = Math.max(...Object.keys(report.kinds).map((kind) => kind.length), 0);
  const kinds = Object.entries(report.kinds).map(
    ([kind, { count, failed, again }]) =>
      `  ${kind.padEnd(width)}  ${String(count).padStart(5)}${again === 0 ? "" : `, ${again} given again`}${failed === 0 ? "" : paint(terminal, "bad", `, ${failed} failed`)}`,
  );
  const { scenarios, failed, failures, milliseconds, seed } = report;
  const words = `${scenarios} scenarios (simulated) in ${duration(milliseconds)}, ${failed === 0 ? "every end as if nothing had happened" : `${failed} failed`}`;
  return [
    ...commands,
    ...kinds,
    ...failures.flatMap((failure) => failureLines(failure, { source, seed }, terminal)),
    paint(terminal, failed === 0 ? "good" : "bad", words),
    "",
  ].join("\n");
}

function failureLines(
  { id, commands, faults, concurrency, complaints, attempts }: FaultFailure,
  { source, seed }: { readonly source: string; readonly seed: string },
  terminal: Terminal,
): string[] {
  return [
    `${paint(terminal, "bad", "FAIL")} ${id}`,
    ...commands.map((command) => `  ${command}`),
    ...faults.map((fault) => `    ${fault}`),
    ...(concurrency === undefined ? [] : [`    also with at most ${concurrency} task at a time`]),
    ...attempts.map((attempt, index) => `  attempt ${index + 1}: ${attempt}`),
    ...complaints.map((complaint) => `  ${paint(terminal, "bold", complaint)}`),
    `  to see it again: kplan package test ${source} --faults --seed ${seed} --scenario ${id}`,
  ];
}
