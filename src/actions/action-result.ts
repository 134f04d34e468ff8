import type { Preview, RunOutcome, RunRecord } from "../model/run.ts";

/** What an action that writes came to. Anything a user must mend is thrown as KplanError or ClusterError. */
export type ActionResult =
  /** A run was executed to its end, or as far as it got. */
  | { readonly kind: "ran"; readonly outcome: RunOutcome; readonly run: RunRecord }
  /** Everything is as asked for; nothing was written. */
  | { readonly kind: "nothing-to-do"; readonly message: string }
  /** `dryRun`: nothing was written. `changes` tells whether the command would change anything. */
  | { readonly kind: "preview"; readonly preview: Preview; readonly changes: boolean }
  /** Another process executes this very request; it was followed to its end. */
  | { readonly kind: "attached"; readonly outcome: RunOutcome };
