import { allNeeded, needsOthers } from "../../model/dependency.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { ANNOTATION, operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { ActionContext } from "../context.ts";
import { digestOf, getInstance, operatorVersionOf } from "../instance/find-instance.ts";
import { listInstalled } from "../instance/list-installed.ts";
import { getOperatorVersion } from "../instance/operator-version.ts";
import { saysTheSame } from "../instance/same-version.ts";
import { versionPackage } from "./version-package.ts";

/** The package that an instance is to have. */
export interface FoundVersion {
  /** Has the packages that it needs itself. */
  readonly ctx: ActionContext;
  readonly pkg: OperatorPackage;
  /** It comes from another namespace, and is to be kept beside the instance. */
  readonly isCopied: boolean;
}

/** The package of an OperatorVersion of this namespace. Throws as `versionPackage`. */
export async function versionHere(ctx: ActionContext, name: string): Promise<FoundVersion> {
  return { ctx, pkg: await versionPackage(ctx, name), isCopied: false };
}

/**
 * The package of an OperatorVersion of another namespace, with all that it needs. It is kept beside the instance, as `adopt` does it, so that nobody who removes it there takes
 * it from the instance, and no command needs more than its own namespace. Where it is gone there, the copy of the instance counts. Throws a `bad-input` KplanError when there is
 * none, and where this namespace has another one of the same name.
 */
export async function versionElsewhere(
  ctx: ActionContext,
  {
    name,
    namespace,
    instance,
  }: {
    readonly name: string;
    readonly namespace: string;
    readonly instance: string;
  },
): Promise<FoundVersion> {
  const { dependencies: _, ...own } = ctx;
  const there = { ...own, namespace };
  const [version, here, object] = await Promise.all([
    getOperatorVersion(there, name),
    getOperatorVersion(ctx, name),
    getInstance(ctx.cluster, ctx.namespace, instance),
  ]);
  const digest = here?.metadata.annotations?.[ANNOTATION.digest];
  const isItsOwn =
    object !== undefined &&
    digest !== undefined &&
    operatorVersionOf(object) === name &&
    digestOf(object) === digest;
  if (version === undefined) {
    if (isItsOwn) return await versionHere(own, name);
    throw new KplanError(
      "no-operator-version",
      `there is no OperatorVersion ${name} in namespace ${namespace}, which ${instance} is to be an instance of`,
      {
        kind: "bad-input",
        hint: `\`kplan install PACKAGE --skip-instance -n ${namespace}\` with its package installs it`,
      },
    );
  }
  const pkg = await versionPackage(there, name);
  const isAnother = here !== undefined && digest !== pkg.digest;
  if (isAnother && saysTheSame(pkg, here) && digest !== undefined)
    return await versionHere(own, name);
  if (isAnother && !isItsOwn && !saysTheSame(pkg, here))
    throw new KplanError(
      "other-content",
      `${instance} is to be an instance of OperatorVersion ${name} in namespace ${namespace}; namespace ${ctx.namespace} has one of that name with another content`,
      { kind: "bad-input", hint: "give one of the two packages another operatorVersion" },
    );
  const needed = needsOthers(pkg) ? await neededThere(own, there, name) : [];
  const named = needed.map((one) => [operatorVersionName(one.operator), one] as const);
  return { ctx: { ...own, dependencies: new Map(named) }, pkg, isCopied: true };
}

/** Each after those that it needs; what this namespace has is used as it is. */
async function neededThere(
  here: ActionContext,
  there: ActionContext,
  name: string,
): Promise<readonly OperatorPackage[]> {
  const [versions, own] = await Promise.all(
    [there, here].map((where) => listInstalled(where, "operatorversions")),
  );
  const isHere = new Set(own?.map(({ metadata }) => metadata.name));
  const names = allNeeded(versions ?? [], [name]).toReversed();
  return await Promise.all(names.map((one) => versionPackage(isHere.has(one) ? here : there, one)));
}
