import type { ClientReport, Manner, StageReport } from "./report.ts";

/** What a stage was to show. */
export interface Expected {
  /** Members that left in it, for good or to come back. */
  readonly leaving: readonly string[];
  /** Every stall must be shorter, in milliseconds. */
  readonly stall: number;
  /** How many clients of either manner must have sat on each leaving member when the stage began; none when absent. */
  readonly sat?: number;
}

/** A connection that is opened anew "at once": in less than this, in milliseconds. */
const AT_ONCE = 1000;

/**
 * What a stage broke of the rules of a change without downtime, a sentence each; empty: nothing. Nobody's statement fails. A kept connection is closed only by a
 * member that leaves, once, never in a statement, and is opened again at once. No stall. And it must mean something: clients ran, and sat where members left.
 */
export function brokenRules(report: StageReport, expected: Expected): readonly string[] {
  const broken: string[] = [];
  for (const client of report.clients) {
    const name = `${client.manner} client ${client.client}`;
    const say = (what: string): void => void broken.push(`${name}: ${what}`);
    if (client.statements === 0) say("no statement succeeded");
    for (const { what, pod, error } of client.failures.slice(0, 3)) say(`${what} ${pod}: ${error}`);
    if (client.failures.length > 3) say(`${client.failures.length} failures in all`);
    if (client.longestStall >= expected.stall) say(`a stall of ${client.longestStall} ms`);
    if (client.manner === "kept") for (const what of closings(client, expected.leaving)) say(what);
  }
  const { sat: wanted = 0 } = expected;
  for (const pod of expected.leaving)
    for (const manner of ["pooled", "kept"] as const) {
      const sat = satOn(report, pod, manner);
      if (sat < wanted) broken.push(`only ${sat} ${manner} clients sat on ${pod}`);
    }
  return broken;
}

/** How many clients of a manner were connected to a pod when the stage began. */
export function satOn(report: StageReport, pod: string, manner: Manner): number {
  return report.clients.filter((one) => one.manner === manner && one.began === pod).length;
}

/** What the closed connections of a kept client broke. */
function closings(client: ClientReport, leaving: readonly string[]): readonly string[] {
  const broken: string[] = [];
  const times = new Map<string, number>();
  for (const { pod, inStatement } of client.closed) {
    times.set(pod, (times.get(pod) ?? 0) + 1);
    if (inStatement) broken.push(`its connection to ${pod} was closed in a statement`);
    if (!leaving.includes(pod)) broken.push(`closed by ${pod}, which did not leave`);
  }
  for (const [pod, count] of times)
    if (count > 1) broken.push(`${count} connections closed by ${pod}`);
  for (const { pod, ms, failed } of client.opened) {
    if (failed > 0) broken.push(`${failed} attempts failed before it was connected to ${pod}`);
    else if (ms >= AT_ONCE) broken.push(`${ms} ms until it was connected to ${pod}`);
  }
  return broken;
}
