import { ClusterError } from "../model/cluster.ts";

/** True for the answer of a cluster that lacks a kind: not-served by discovery, or a bare 404 where an absent object would be no error. */
export function isNotServed(error: unknown): boolean {
  return (
    error instanceof ClusterError && (error.kind === "not-served" || error.kind === "not-found")
  );
}
