import type { Cluster } from "../../model/cluster.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { ANNOTATION, KUDO_API_VERSION } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { packageOfOperatorVersion } from "../../package/kudo/kudo-from-version.ts";
import { storedPackage } from "../change/package-source.ts";
import type { ActionContext } from "../context.ts";
import { operatorVersionNamespace, operatorVersionOf } from "../instance/find-instance.ts";

/** The package of an instance that KUDO made, and where it stands in the cluster. */
export interface KudosPackage {
  readonly pkg: OperatorPackage;
  readonly operatorVersion: KubeObject;
  /** Absent where nobody made one. */
  readonly operator?: KubeObject;
}

/**
 * The package that KUDO kept as Operator and OperatorVersion, which may be in another namespace than the instance (compat D-32). Throws a `bad-input` KplanError when
 * there is none, and for one that cannot be read.
 */
export async function kudosPackage(
  ctx: Pick<ActionContext, "cluster" | "namespace" | "packages">,
  instance: KubeObject,
): Promise<KudosPackage> {
  const { cluster } = ctx;
  const name = operatorVersionOf(instance);
  const namespace = operatorVersionNamespace(instance) ?? ctx.namespace;
  const operatorVersion = await cluster.get(kudoRef("OperatorVersion", namespace, name));
  if (operatorVersion === undefined)
    throw new KplanError(
      "no-operator-version",
      `${instance.metadata.name} is an instance of OperatorVersion ${namespace}/${name}, which is not there`,
      {
        kind: "bad-input",
        hint: "without it nobody knows its plans: install the package's OperatorVersion again (`kplan install PACKAGE --skip-instance`), then adopt",
      },
    );
  const operator = await operatorOf(cluster, operatorVersion, namespace);
  const digest = operatorVersion.metadata.annotations?.[ANNOTATION.digest];
  if (digest !== undefined) {
    // Another instance of it was adopted before, or installed by kplan.
    const pkg = await storedPackage(ctx, { namespace, operatorVersion: name, digest });
    return { pkg, operatorVersion, ...(operator && { operator }) };
  }
  const { pkg, issues } = packageOfOperatorVersion(operatorVersion, operator);
  if (!pkg) refuse(`OperatorVersion ${namespace}/${name}`, issues);
  return { pkg, operatorVersion, ...(operator && { operator }) };
}

async function operatorOf(
  cluster: Cluster,
  operatorVersion: KubeObject,
  namespace: string,
): Promise<KubeObject | undefined> {
  const spec = operatorVersion.spec as { operator?: { name?: string; namespace?: string } };
  const { name, namespace: other } = spec?.operator ?? {};
  return name ? await cluster.get(kudoRef("Operator", other || namespace, name)) : undefined;
}

function kudoRef(kind: string, namespace: string, name: string) {
  return { apiVersion: KUDO_API_VERSION, kind, namespace, name };
}
