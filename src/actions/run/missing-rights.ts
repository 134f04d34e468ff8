import { ClusterError } from "../../model/cluster.ts";
import type { ObjectRef } from "../../model/kube-object.ts";
import { KUDO_API_VERSION, leaseName, runName, secretsName } from "../../model/names.ts";
import type { PreviewProblem } from "../../model/run.ts";
import type { ActionContext } from "../context.ts";

/** What a run is going to write beside the objects of its package. */
export interface StateWrites {
  readonly instance: string;
  /** Number of the run. */
  readonly run: number;
  /** The plan that runs first. */
  readonly plan: string;
  /** There is no Instance yet. */
  readonly isNew: boolean;
  /** The package is to be kept. */
  readonly storePackage: boolean;
  /** Secret values are to be kept: in a Secret that is not there, in one that is, or not at all. */
  readonly secrets: "create" | "patch" | "none";
}

/**
 * The rights that are missing for kplan's own objects, so that a run is refused before its first write and not in the middle. Those that the cluster does
 * not tell about are taken as given.
 */
export async function missingRights(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  writes: StateWrites,
): Promise<readonly PreviewProblem[]> {
  const found = await Promise.all(
    neededRights(ctx.namespace, writes).map(async (right) => {
      const { verb, ref, subresource } = right;
      const asked = { ...ref, ...(subresource !== undefined && { subresource }) };
      return (await may(ctx, verb, asked)) ? [] : [problem(writes.plan, right)];
    }),
  );
  return found.flat();
}

interface Right {
  readonly verb: string;
  readonly ref: ObjectRef;
  readonly subresource?: string;
}

function neededRights(
  namespace: string,
  { instance, run, isNew, storePackage, secrets }: StateWrites,
): readonly Right[] {
  const kudo = (kind: string): ObjectRef => ({
    apiVersion: KUDO_API_VERSION,
    kind,
    namespace,
    name: instance,
  });
  const secret = { apiVersion: "v1", kind: "Secret", namespace, name: secretsName(instance) };
  const record = { apiVersion: "v1", kind: "ConfigMap", namespace, name: runName(instance, run) };
  const lease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    namespace,
    name: leaseName(instance),
  };
  return [
    { verb: "update", ref: lease },
    { verb: "create", ref: record },
    { verb: "update", ref: record },
    { verb: "patch", ref: kudo("Instance") },
    { verb: "patch", ref: kudo("Instance"), subresource: "status" },
    ...(isNew ? [{ verb: "create", ref: kudo("Instance") }] : []),
    ...(storePackage
      ? ["Operator", "OperatorVersion"].map((kind) => ({ verb: "create", ref: kudo(kind) }))
      : []),
    ...(storePackage || secrets === "create" ? [{ verb: "create", ref: secret }] : []),
    ...(secrets === "patch" ? [{ verb: "patch", ref: secret }] : []),
  ];
}

async function may(
  { cluster }: Pick<ActionContext, "cluster">,
  verb: string,
  asked: ObjectRef & { readonly subresource?: string },
): Promise<boolean> {
  // An object that does not exist yet has no name that a right could be about.
  const { name, ...anyName } = asked;
  try {
    return await cluster.mayI(verb, verb === "create" || name === undefined ? anyName : asked);
  } catch (error) {
    if (error instanceof ClusterError) return true;
    throw error;
  }
}

function problem(plan: string, { verb, ref, subresource }: Right): PreviewProblem {
  const what = subresource === undefined ? `${ref.kind}s` : `the ${subresource} of ${ref.kind}s`;
  return {
    path: { plan },
    ref,
    message: `you may not ${verb} ${what} in namespace ${ref.namespace}, where kplan keeps the state of the instance`,
    hint: "docs/rbac.md lists the rights that kplan needs",
  };
}
