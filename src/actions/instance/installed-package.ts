import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { storedPackage } from "../change/package-source.ts";
import type { ActionContext } from "../context.ts";
import { digestOf, operatorVersionOf } from "./find-instance.ts";
import type { KnownInstance } from "./instance-state.ts";

/** The package that an instance is to have. Throws a KplanError when the cluster does not keep it. */
export async function installedPackage(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  { object, name }: KnownInstance,
): Promise<OperatorPackage> {
  const digest = digestOf(object);
  const operatorVersion = operatorVersionOf(object);
  if (digest === undefined)
    throw new KplanError(
      "not-ours",
      `${name} (${operatorVersion}) was not installed by kplan, and its package is not kept in the cluster`,
      { kind: "bad-input", hint: `\`kplan adopt ${name}\` takes it over from KUDO` },
    );
  return await storedPackage(ctx, { namespace: ctx.namespace, operatorVersion, digest });
}
