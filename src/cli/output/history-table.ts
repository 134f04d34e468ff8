import { pathText, type RunRecord } from "../../model/run.ts";
import { age, duration } from "./duration.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";

/** A line for each kept run, newest first: what it was, how it ended, what it took, who asked and for what; under one that did not complete, why. */
export function historyTable(runs: readonly RunRecord[], now: Date): string {
  const rows = runs.map((run) => [
    String(run.number),
    run.plans.join(","),
    run.reason ? `${run.status} (${run.reason})` : run.status,
    age(run.startedAt, now),
    duration(Date.parse(run.finishedAt ?? run.updatedAt) - Date.parse(run.startedAt)),
    run.cause.user ?? "",
    causeOf(run),
  ]);
  const [head = "", ...lines] = table(
    ["RUN", "PLANS", "STATUS", "AGE", "TOOK", "BY", "CAUSE"],
    rows,
  ).split("\n");
  return [head, ...lines.flatMap((line, at) => [line, ...whyOf(runs[at])])].join("\n");
}

/** Why a run is not complete, if it says so. */
function whyOf(run: RunRecord | undefined): readonly string[] {
  if (run?.message === undefined || run.status === "COMPLETE") return [];
  return [`      ${printable(run.message.split("\n", 1)[0] ?? "")}`];
}

function causeOf(run: RunRecord): string {
  const changes = run.cause.changes.map(
    ({ name, from, to }) => `${name} ${from ?? "default"} → ${to ?? "default"}`,
  );
  const failed = run.intents[0] ? ` stopped in ${pathText(run.intents[0].path)}` : "";
  const to = run.cause.rollbackTo === undefined ? "" : ` to run ${run.cause.rollbackTo}`;
  return `${run.kind}${to}${changes.length > 0 ? `: ${changes.join(", ")}` : ""}${run.status === "COMPLETE" ? "" : failed}`;
}
