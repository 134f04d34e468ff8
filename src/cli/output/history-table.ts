import { pathText, type RunRecord } from "../../model/run.ts";
import { age, duration } from "./duration.ts";
import { table } from "./table.ts";

/** A line for each kept run, newest first: what it was, how it ended, what it took, who asked and for what. */
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
  return table(["RUN", "PLANS", "STATUS", "AGE", "TOOK", "BY", "CAUSE"], rows);
}

function causeOf(run: RunRecord): string {
  const changes = run.cause.changes.map(
    ({ name, from, to }) => `${name} ${from ?? "default"} → ${to ?? "default"}`,
  );
  const failed = run.intents[0] ? ` stopped in ${pathText(run.intents[0].path)}` : "";
  const to = run.cause.rollbackTo === undefined ? "" : ` to run ${run.cause.rollbackTo}`;
  return `${run.kind}${to}${changes.length > 0 ? `: ${changes.join(", ")}` : ""}${run.status === "COMPLETE" ? "" : failed}`;
}
