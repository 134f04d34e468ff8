import { KplanError } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { ANNOTATION, KUDO_API_VERSION } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { isNotServed } from "../../store/is-not-served.ts";
import type { ActionContext } from "../context.ts";
import { saysTheSame } from "./same-version.ts";

/** An OperatorVersion, or undefined when there is none, also where the cluster does not know the kind. */
export async function getOperatorVersion(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  name: string,
): Promise<KubeObject | undefined> {
  const { namespace } = ctx;
  try {
    return await ctx.cluster.get({
      apiVersion: KUDO_API_VERSION,
      kind: "OperatorVersion",
      namespace,
      name,
    });
  } catch (error) {
    if (isNotServed(error)) return undefined;
    throw error;
  }
}

/** Another content under the same name and version is a mistake, unless it is said to be none, or none that a KUDO package could tell. Throws a `bad-input` KplanError. */
export function refuseOtherContent(
  pkg: OperatorPackage,
  present: KubeObject | undefined,
  replaceVersion: boolean,
): void {
  const digest = present?.metadata.annotations?.[ANNOTATION.digest];
  if (!present || digest === pkg.digest || replaceVersion || saysTheSame(pkg, present)) return;
  throw new KplanError(
    "other-content",
    `OperatorVersion ${present.metadata.name} is already there with another content`,
    {
      kind: "bad-input",
      hint: "give the package another operatorVersion, or use --replace-version",
    },
  );
}
