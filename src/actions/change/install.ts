import { refused } from "../../engine/execute-run.ts";
import { needsOthers } from "../../model/dependency.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import type { KubeObject, ObjectRef } from "../../model/kube-object.ts";
import { defaultInstanceName, operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Capabilities } from "../../model/scope.ts";
import { parameterChanges } from "../../params/parameter-changes.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import { readAssignments } from "../../params/read-assignments.ts";
import { ensureCrds, servesKudo } from "../../store/ensure-crds.ts";
import { bearsParameters } from "../../store/run-store.ts";
import type { ActionResult } from "../action-result.ts";
import { childrenOf } from "../children/children-of.ts";
import { findNeeded } from "../children/find-needed.ts";
import { foreseeBelow } from "../children/foresee-child.ts";
import type { ActionContext } from "../context.ts";
import { checkInstanceName } from "../instance/check-instance-name.ts";
import { digestOf, operatorVersionOf, storedParameters } from "../instance/find-instance.ts";
import { type InstanceState, readInstanceState } from "../instance/instance-state.ts";
import { refuseNotAdopted } from "../instance/not-adopted.ts";
import { getOperatorVersion, refuseOtherContent } from "../instance/operator-version.ts";
import { type PackageInCluster, packageInCluster } from "../instance/package-of-version.ts";
import { refuseKudo } from "../instance/refuse-kudo.ts";
import { deleteClaims, refuseClaims } from "../removal/claims.ts";
import { keptObjects } from "../removal/kept-objects.ts";
import { refuseUninstalling } from "../removal/refuse-uninstalling.ts";
import { carryOut, type Decided, type Settled } from "../run/carry-out.ts";
import { selectPlans } from "../run/select-plans.ts";
import { refuseUnknownAllowed } from "./allowed.ts";
import { desiredParameters, recordedParameters } from "./desired-parameters.ts";
import { type GivenValues, NO_VALUES } from "./given-values.ts";
import { createNamespace, hasNamespace, noNamespace } from "./install-namespace.ts";
import { checkKubernetesVersion, usablePackage, type WantedVersions } from "./package-source.ts";
import { tellWarnings } from "./tell-warnings.ts";
import { wantedNamespace } from "./wanted-namespace.ts";

/** What `install` is asked for. */
export interface InstallRequest {
  /** Folder, `.tgz` or address of the package, or its name in a repository or, with `inCluster`, in the namespace. */
  readonly source: string;
  /** Of a package that is named: which versions; the best when none is said. */
  readonly versions?: WantedVersions;
  /** Make an instance of a package that the namespace has. */
  readonly inCluster?: boolean;
  /** Name of the instance; `<operator>-instance` when absent. */
  readonly instance?: string;
  /** The package's defaults where absent. */
  readonly values?: GivenValues;
  /** Create the namespace when it is not there. */
  readonly createNamespace?: boolean;
  /** Install over the claims (and secret values) that an earlier instance of that name left. */
  readonly reuseClaims?: boolean;
  /** Delete them first. */
  readonly deleteClaims?: boolean;
  /** Replace a package of the same name and version whose content differs. */
  readonly replaceVersion?: boolean;
  /** Find out what would be written, and write nothing. */
  readonly dryRun?: boolean;
  /** Ids of requirements that need not hold (`--allow`). */
  readonly allow?: readonly string[];
}

/** Installs a package as an instance, or goes on with an unfinished install of it. */
export async function install(
  given: ActionContext,
  request: InstallRequest,
): Promise<ActionResult> {
  const { pkg: found, byKudo } = await wantedPackage(given, request);
  const { allow = [] } = request;
  refuseUnknownAllowed(found, allow);
  const assigned = await readAssignments(found, request.values ?? NO_VALUES);
  tellWarnings(given, assigned.issues);
  const name = request.instance ?? defaultInstanceName(found.operator.name);
  checkInstanceName(name);
  const { dryRun = false, reuseClaims = false } = request;
  // What was made of an OperatorVersion of KUDO's takes its place.
  const replaceVersion = byKudo || request.replaceVersion === true;
  const { deleteClaims: removes = false } = request;

  // What the values alone show is refused before the cluster is asked anything; one that is missing may be there from an unfinished install.
  const offline = desiredParameters(found, assigned, { name }).issues;
  if (offline.some(({ severity, code }) => severity === "error" && code !== "required-missing"))
    refuseIssues(found, offline);
  const { ctx, pkg } = await findNeeded(withClaims(given, request), found, {
    replaceVersion,
    inCluster: request.inCluster === true,
  });
  const seen = await lookAround(ctx, pkg, name);
  const { state, capabilities, kept } = seen;
  checkKubernetesVersion(pkg, capabilities);
  refuseOtherContent(pkg, seen.operatorVersion, replaceVersion);
  if (!seen.namespaced && !request.createNamespace) throw noNamespace(ctx.namespace);
  if (!state.object) refuseClaims(name, kept, { reuseClaims, deleteClaims: removes });
  const { values } = desiredParameters(pkg, assigned, { name }).desired;
  const wanted = seen.namespaced ? undefined : wantedNamespace(ctx, pkg, name, values);
  if (!seen.served || wanted) await refuseBadChildren(ctx, pkg, assigned, seen, replaceVersion);
  if (!dryRun && !seen.served) await ensureCrds(ctx.cluster, ctx.namespace, ctx.clock);
  if (!dryRun && wanted) await createNamespace(ctx, wanted);
  const clears = removes && !state.object;
  return await carryOut(
    ctx,
    {
      kind: "install",
      state: clears ? withoutSecrets(state) : state,
      capabilities,
      allow,
      ...(Object.keys(assigned.secrets).length === 0 && {
        same: ["install", name, pkg.digest, assigned.given, assigned.unset, allow],
      }),
      decide: (now) => decideInstall(pkg, assigned, now, replaceVersion),
      ...(clears && {
        prepare: async (lease, now) => {
          // Somebody installed it meanwhile: the claims are that instance's now.
          if (now.object) return now;
          await deleteClaims(ctx, lease, name, kept);
          return withoutSecrets(now);
        },
      }),
    },
    dryRun,
  );
}

/** Before anything is made for the instance alone, what is known to be wrong with those that it needs. Throws a `bad-input` KplanError. */
async function refuseBadChildren(
  ctx: ActionContext,
  pkg: OperatorPackage,
  assigned: Assignments,
  { state }: { readonly state: InstanceState },
  replaceVersion: boolean,
): Promise<void> {
  if (!needsOthers(pkg)) return;
  const decided = decideInstall(pkg, assigned, state, replaceVersion);
  if ("settled" in decided) return;
  const change = { kind: "install" as const, state };
  const found = await foreseeBelow(ctx, change, decided, childrenOf(ctx, carryOut));
  if (found.problems.length > 0) throw refused({ ...found, objects: [] });
}

/** What is said about claims holds for the instances that it needs too. */
function withClaims(ctx: ActionContext, request: InstallRequest): ActionContext {
  if (request.deleteClaims) return { ...ctx, childClaims: "delete" };
  return request.reuseClaims ? { ...ctx, childClaims: "reuse" } : ctx;
}

async function wantedPackage(
  ctx: ActionContext,
  { source, versions = {}, inCluster = false }: InstallRequest,
): Promise<Pick<PackageInCluster, "pkg" | "byKudo">> {
  if (inCluster) return await packageInCluster(ctx, { name: source, ...versions });
  return { pkg: await usablePackage(ctx, source, versions), byKudo: false };
}

/** Everything that is asked before the first write, at the same time. */
async function lookAround(
  ctx: ActionContext,
  pkg: OperatorPackage,
  name: string,
): Promise<{
  readonly served: boolean;
  readonly namespaced: boolean;
  readonly state: InstanceState;
  readonly capabilities: Capabilities;
  readonly operatorVersion: KubeObject | undefined;
  readonly kept: readonly ObjectRef[];
}> {
  const { cluster, namespace } = ctx;
  const [served, namespaced, state, capabilities, operatorVersion, kept] = await Promise.all([
    servesKudo(cluster, namespace),
    hasNamespace(ctx),
    readInstanceState(ctx, name),
    cluster.capabilities(),
    getOperatorVersion(ctx, operatorVersionName(pkg.operator)),
    keptObjects(ctx, name),
    refuseKudo(ctx),
  ]);
  return { served, namespaced, state, capabilities, operatorVersion, kept };
}

function decideInstall(
  pkg: OperatorPackage,
  assigned: Assignments,
  state: InstanceState,
  replaceVersion: boolean,
): Decided | Settled {
  const { object, name, secrets } = state;
  refuseUninstalling(state);
  // Values of another dialect can only be judged by an upgrade.
  const last = state.runs.map(({ record }) => record).find(bearsParameters);
  if (object && last && (last.dialect ?? "native") !== pkg.dialect)
    refuseOtherVersion(pkg, object, false);
  const current = object && storedParameters(object);
  const { desired, issues } = desiredParameters(pkg, assigned, {
    name,
    ...(current && { current }),
    ...(secrets && { secrets }),
  });
  refuseIssues(pkg, issues);
  if (object) {
    refuseOtherVersion(pkg, object, replaceVersion);
    const before = recordedParameters({ ...desired, stored: current ?? {}, secrets: {} }, secrets);
    const now = recordedParameters(desired, secrets);
    const changed = parameterChanges(pkg, before, now).changes.map((change) => change.name);
    refuseChanges(name, changed);
  }
  const choice = selectPlans({
    pkg,
    desired: recordedParameters(desired, secrets),
    runs: state.runs.map(({ record }) => record),
  });
  if (choice.kind === "nothing")
    return { settled: `${name} is installed and complete (${operatorVersionName(pkg.operator)})` };
  return { pkg, storePackage: true, desired, choice };
}

function refuseIssues(
  pkg: OperatorPackage,
  issues: ReturnType<typeof desiredParameters>["issues"],
): void {
  if (issues.some(({ severity }) => severity === "error"))
    refuse(`parameters of ${pkg.operator.name}`, issues);
}

/** The claims' secrets go with them: what follows decides as if there were none. */
function withoutSecrets(state: InstanceState): InstanceState {
  const { secrets: _, ...rest } = state;
  return rest;
}

function refuseOtherVersion(
  pkg: OperatorPackage,
  instance: KubeObject,
  replaceVersion: boolean,
): void {
  refuseNotAdopted(instance);
  const { name } = instance.metadata;
  const wanted = operatorVersionName(pkg.operator);
  const present = operatorVersionOf(instance);
  if (present !== wanted)
    throw new KplanError("other-version", `${name} is an instance of ${present}, not ${wanted}`, {
      kind: "bad-input",
      hint: "`kplan upgrade PACKAGE` moves it to another version; --instance gives a new one another name",
    });
  if (digestOf(instance) === pkg.digest || replaceVersion) return;
  throw new KplanError("other-content", `${name} was installed from another content of ${wanted}`, {
    kind: "bad-input",
    hint: "`kplan upgrade PACKAGE` moves it to this one",
  });
}

function refuseChanges(instance: string, changed: readonly string[]): void {
  if (changed.length === 0) return;
  throw new KplanError(
    "use-update",
    `${instance} is there with other values of ${changed.join(", ")}`,
    {
      kind: "bad-input",
      hint: "`kplan update -p NAME=VALUE` changes the parameters of an instance",
    },
  );
}
