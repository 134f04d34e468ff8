import { KplanError } from "../../model/kplan-error.ts";

/** What a command says that was told to stop while it was still asking what would happen. */
export function stopped(): KplanError {
  return new KplanError("interrupted", "stopped before anything was applied", {
    kind: "interrupted",
  });
}
