import type { Cluster } from "../../model/cluster.ts";
import type { RunCancel, RunRecord } from "../../model/run.ts";
import { type RolloutWords, runStanding, standingText } from "./run-standing.ts";

/** How a run ends that somebody cancelled, once nothing of it is written any more: where things stand is read off the objects. */
export async function cancelledOutcome(
  cluster: Cluster,
  record: RunRecord,
  by: string,
  rollouts: RolloutWords = new Map(),
): Promise<RunCancel> {
  const standing = await runStanding(cluster, record, rollouts);
  return {
    result: "cancelled",
    message: `cancelled by ${by}: ${standingText(standing)}`,
    hint: nextCommands(record),
    standing,
  };
}

function nextCommands({ kind, number }: RunRecord): string {
  const ways = [
    "`kplan plan retry` executes it again from there",
    "`kplan update -p NAME=VALUE` goes on with other values",
    ...(kind === "install" || number === 1
      ? ["`kplan uninstall` removes it"]
      : ["`kplan rollback` goes back to an earlier run"]),
  ];
  return ways.join("; ");
}
