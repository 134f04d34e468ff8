import { KplanError } from "../../model/kplan-error.ts";
import type { InstanceState } from "../instance/instance-state.ts";

/** Refuses to work on an instance whose uninstall has begun. Throws a `bad-input` KplanError. */
export function refuseUninstalling({ name, runs, object }: InstanceState): void {
  const begun = runs[0]?.record.kind === "uninstall";
  if (!begun && object?.metadata.deletionTimestamp === undefined) return;
  throw new KplanError("uninstalling", `${name} is being uninstalled`, {
    kind: "bad-input",
    hint: `\`kplan uninstall --instance ${name}\` finishes that; install it again afterwards`,
  });
}
