import type { Failed } from "../model/health.ts";
import { callOptions, type Driving } from "./run-context.ts";

/** Lines that are shown of a log, and letters of each. */
const LINES = 5;
const LETTERS = 300;

/** What a kubelet answers, as if it were the log, when the container is gone already. */
const NOTHING_KEPT = /^unable to retrieve container logs for \S+$/;

/**
 * What a container last wrote before it ended, to stand below a failure; empty when that cannot be read.
 * A container that was not restarted yet is read as it is.
 */
export async function lastWords(
  { pod, container }: NonNullable<Failed["culprit"]>,
  ctx: Pick<Driving, "cluster" | "fence">,
): Promise<string> {
  for (const previous of [true, false]) {
    try {
      const options = { container, tailLines: LINES, previous, ...callOptions(ctx) };
      const text = (await ctx.cluster.logs(pod, options)).trim();
      if (text !== "" && !NOTHING_KEPT.test(text))
        return below(`${pod.name}/${container}`, text.split("\n").slice(-LINES));
    } catch {
      // The log only explains a failure that is known already.
    }
  }
  return "";
}

function below(where: string, lines: readonly string[]): string {
  const cut = lines.map((line) => (line.length > LETTERS ? `${line.slice(0, LETTERS)}…` : line));
  return `\nlast words of ${where}:\n${cut.map((line) => `  ${line}`).join("\n")}`;
}
