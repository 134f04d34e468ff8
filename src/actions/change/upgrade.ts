import semver from "semver";
import { errorIssue, type Issue } from "../../model/issue.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import { operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Parameter } from "../../model/parameter.ts";
import { parameterChanges } from "../../params/parameter-changes.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import { readAssignments } from "../../params/read-assignments.ts";
import { refuseBesideKudo } from "../../store/kudo-lookout.ts";
import { isBaseline } from "../../store/run-store.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import { digestOf, instanceName, storedParameters } from "../instance/find-instance.ts";
import { installedPackage } from "../instance/installed-package.ts";
import {
  type InstanceState,
  type KnownInstance,
  readInstanceState,
  requireInstance,
} from "../instance/instance-state.ts";
import { getOperatorVersion, refuseOtherContent } from "../instance/operator-version.ts";
import { refuseUninstalling } from "../removal/refuse-uninstalling.ts";
import { carryOut, type Decided, type Settled } from "../run/carry-out.ts";
import { selectPlans } from "../run/select-plans.ts";
import { storeWhole } from "../run/store-wanted.ts";
import { refuseUnknownAllowed } from "./allowed.ts";
import { desiredParameters, recordedParameters } from "./desired-parameters.ts";
import { type GivenValues, NO_VALUES } from "./given-values.ts";
import { checkKubernetesVersion, usablePackage, type WantedVersions } from "./package-source.ts";
import { tellWarnings } from "./tell-warnings.ts";

/** What `upgrade` is asked for. */
export interface UpgradeRequest {
  /** Folder, `.tgz` or address of the new version of the package, or its name in a repository. */
  readonly source: string;
  /** Of a package that is named: which versions; the best when none is said. */
  readonly versions?: WantedVersions;
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  readonly values?: GivenValues;
  /** Find out what would be written, and write nothing. */
  readonly dryRun?: boolean;
  /** Ids of requirements that need not hold (`--allow`). */
  readonly allow?: readonly string[];
  /** Replace a package of the same name and version whose content differs. */
  readonly replaceVersion?: boolean;
}

/** Moves an instance to another version of its operator: runs plan `upgrade`, else `update`, else `deploy`. */
export async function upgrade(ctx: ActionContext, request: UpgradeRequest): Promise<ActionResult> {
  const pkg = await usablePackage(ctx, request.source, request.versions);
  const { allow = [] } = request;
  refuseUnknownAllowed(pkg, allow);
  const assigned = await readAssignments(pkg, request.values ?? NO_VALUES);
  tellWarnings(ctx, assigned.issues);
  const name = await instanceName(ctx, request.instance);
  const [read, capabilities, operatorVersion] = await Promise.all([
    readInstanceState(ctx, name),
    ctx.cluster.capabilities(),
    getOperatorVersion(ctx, operatorVersionName(pkg.operator)),
    refuseBesideKudo(ctx.cluster, (message) => ctx.emit({ type: "warning", message })),
  ]);
  const state = await requireInstance(ctx, read);
  const before = await packageBefore(ctx, state, pkg, request.dryRun ?? false);
  refuseOtherOperator(name, before, pkg);
  refuseOlder(before, pkg, state);
  checkKubernetesVersion(pkg, capabilities);
  refuseOtherContent(pkg, operatorVersion, request.replaceVersion ?? false);
  return await carryOut(
    ctx,
    {
      kind: "upgrade",
      state,
      capabilities,
      allow,
      ...(Object.keys(assigned.secrets).length === 0 && {
        same: ["upgrade", name, pkg.digest, assigned.given, assigned.unset, allow],
      }),
      decide: (now) => decideUpgrade(before, pkg, assigned, now),
    },
    request.dryRun ?? false,
  );
}

/** The package that the instance has. When the cluster has lost it and it is the one that was given, that is stored again: nothing else goes on without it. */
async function packageBefore(
  ctx: ActionContext,
  state: KnownInstance,
  pkg: OperatorPackage,
  dryRun: boolean,
): Promise<OperatorPackage> {
  try {
    return await installedPackage(ctx, state);
  } catch (error) {
    const isLost = error instanceof KplanError && LOST.has(error.code);
    if (!isLost || digestOf(state.object) !== pkg.digest) throw error;
    if (dryRun) return pkg;
    await storeWhole(ctx.cluster, ctx.namespace, pkg);
    const message = `the cluster did not keep ${operatorVersionName(pkg.operator)} any more: it is stored again`;
    ctx.emit({ type: "warning", message });
    return pkg;
  }
}

/** Codes of a package that is not there, not whole, or another one than its digest says. */
const LOST: ReadonlySet<string> = new Set(["no-package", "package-digest"]);

/** What moving from one package to another with these values comes to. Throws a `bad-input` KplanError with every problem of the values. */
export function decideUpgrade(
  before: OperatorPackage,
  pkg: OperatorPackage,
  assigned: Assignments,
  state: InstanceState,
): Decided | Settled {
  refuseUninstalling(state);
  const { name, secrets, object } = state;
  const current = object ? storedParameters(object) : {};
  // Which changes an upgrade allows is judged below, by both sets of declarations.
  const { desired, issues } = desiredParameters(pkg, assigned, {
    name,
    stored: current,
    declaredBefore: before.parameters,
    ...(secrets && { secrets }),
  });
  const wasThere = recordedParameters({ ...desired, stored: current, secrets: {} }, secrets);
  const recorded = recordedParameters(desired, secrets);
  const all = [
    ...issues,
    ...parameterChanges(pkg, wasThere, recorded, immutablesOf(before)).issues,
    ...immutableIssues(before, pkg, recorded),
  ];
  if (all.some(({ severity }) => severity === "error")) refuse(`parameters of ${name}`, all);
  const known = new Set(before.parameters.map((parameter) => parameter.name));
  const choice = selectPlans({
    pkg,
    desired: recorded,
    introduced: new Set(
      pkg.parameters.map((parameter) => parameter.name).filter((each) => !known.has(each)),
    ),
    runs: state.runs.map(({ record }) => record),
  });
  if (choice.kind === "nothing")
    return { settled: `${name} is at ${operatorVersionName(pkg.operator)} already` };
  return { pkg, storePackage: true, desired, choice };
}

/** A parameter that becomes immutable, or comes in as such, must have a value of its own: a default could be another one in the next version. */
function immutableIssues(
  before: OperatorPackage,
  pkg: OperatorPackage,
  recorded: Readonly<Record<string, string>>,
): readonly Issue[] {
  const already = new Set(immutablesOf(before).map(({ name }) => name));
  return immutablesOf(pkg)
    .filter(({ name, type }) => !already.has(name) && !(name in recorded) && type !== "secret")
    .map(({ name, at }) =>
      errorIssue(
        "immutable-without-value",
        `${name} becomes immutable with this version and has no value of its own`,
        at,
        `give it one: -p ${name}=VALUE`,
      ),
    );
}

function immutablesOf(pkg: OperatorPackage): readonly Parameter[] {
  return pkg.parameters.filter(({ immutable }) => immutable);
}

function refuseOtherOperator(
  instance: string,
  before: OperatorPackage,
  pkg: OperatorPackage,
): void {
  if (before.operator.name === pkg.operator.name) return;
  throw new KplanError(
    "other-operator",
    `${instance} is an instance of ${before.operator.name}; the package is ${pkg.operator.name}`,
    { kind: "bad-input" },
  );
}

/** An older version is refused (data may be of a newer form), except the one that an unfinished upgrade came from. */
function refuseOlder(before: OperatorPackage, pkg: OperatorPackage, state: InstanceState): void {
  const [from, to] = [before.operator.operatorVersion, pkg.operator.operatorVersion];
  const [older, newer] = [versionOf(from, before), versionOf(to, pkg)];
  if (!older || !newer || semver.gte(newer, older)) return;
  const baseline = state.runs.find(isBaseline)?.record;
  if (baseline?.digest === pkg.digest) return;
  throw new KplanError("older-version", `${state.name} is at version ${from}; ${to} is older`, {
    kind: "bad-input",
    hint: "an upgrade goes to a newer version, or back to the one that an unfinished upgrade came from",
  });
}

/** KUDO packages may leave out parts of a version, or write a `v` before it. */
function versionOf(text: string, { dialect }: OperatorPackage): semver.SemVer | null {
  const strict = semver.parse(text);
  return dialect === "native"
    ? strict
    : (strict ?? semver.coerce(text, { includePrerelease: true }));
}
