import type { Cluster, ExecResult } from "../../model/cluster.ts";

/** How the embedded cluster begins what it says instead of a container that nobody told it about. */
const WORDS = "simulated: no container runs";

/** Whether a log's line says that the cluster is simulated and does not know what the container prints. */
export function printsNothing({ simulated }: Cluster, line: string): boolean {
  return simulated && line.startsWith(WORDS);
}

/** Whether a command was not run: the cluster is simulated and does not know what it answers. */
export function nothingRuns(cluster: Cluster, { exitCode, stderr }: ExecResult): boolean {
  return exitCode === 126 && printsNothing(cluster, stderr);
}
