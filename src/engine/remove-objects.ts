import type { ObjectRef } from "../model/kube-object.ts";
import type { EngineDeps } from "./engine-deps.ts";

/** What removing needs. */
export type RemoveDeps = Pick<
  EngineDeps,
  "cluster" | "clock" | "emit" | "fence" | "recorder" | "limits" | "stop"
>;

/** How a removal ended. */
export interface RemoveResult {
  /** All are gone; false when `stop` came first. */
  readonly complete: boolean;
  /** Those that were there and are gone now. */
  readonly removed: readonly ObjectRef[];
}

/**
 * Deletes objects group by group (see `uninstallOrder`), each object by foreground deletion, and waits until a group is gone, its pods too, before the next.
 * Throws a KplanError `timed-out` that says what was waited for, `failed` for what cannot be deleted, `lease-lost`.
 */
export async function removeObjects(
  groups: readonly (readonly ObjectRef[])[],
  deps: RemoveDeps,
): Promise<RemoveResult> {
  throw new Error(`not there yet: ${groups.length} ${deps.limits.step}`);
}
