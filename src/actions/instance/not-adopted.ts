import { KplanError } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { digestOf, operatorVersionOf } from "./find-instance.ts";

/** Refuses an instance that KUDO made and nobody has taken over yet. Throws a `bad-input` KplanError that names the command that does. */
export function refuseNotAdopted(instance: KubeObject): void {
  if (digestOf(instance) !== undefined) return;
  const { name } = instance.metadata;
  throw new KplanError(
    "not-ours",
    `${name} (${operatorVersionOf(instance)}) was not installed by kplan, and its package is not kept in the cluster`,
    { kind: "bad-input", hint: `\`kplan adopt ${name}\` takes it over from KUDO` },
  );
}
