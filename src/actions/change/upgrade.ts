import semver from "semver";
import { KplanError } from "../../model/kplan-error.ts";
import { operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { readAssignments } from "../../params/read-assignments.ts";
import { isBaseline } from "../../store/run-store.ts";
import type { ActionResult } from "../action-result.ts";
import { findNeeded } from "../children/find-needed.ts";
import type { ActionContext } from "../context.ts";
import { digestOf, instanceName } from "../instance/find-instance.ts";
import { installedPackage } from "../instance/installed-package.ts";
import {
  type InstanceState,
  type KnownInstance,
  readInstanceState,
  requireInstance,
} from "../instance/instance-state.ts";
import { getOperatorVersion, refuseOtherContent } from "../instance/operator-version.ts";
import { refuseKudo } from "../instance/refuse-kudo.ts";
import { carryOut } from "../run/carry-out.ts";
import { storeWhole } from "../run/store-wanted.ts";
import { refuseUnknownAllowed } from "./allowed.ts";
import { decideUpgrade } from "./decide-upgrade.ts";
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
export async function upgrade(
  given: ActionContext,
  request: UpgradeRequest,
): Promise<ActionResult> {
  const found = await usablePackage(given, request.source, request.versions);
  const { allow = [] } = request;
  refuseUnknownAllowed(found, allow);
  const assigned = await readAssignments(found, request.values ?? NO_VALUES);
  tellWarnings(given, assigned.issues);
  const name = await instanceName(given, request.instance);
  const { replaceVersion = false } = request;
  const { ctx, pkg } = await findNeeded(given, found, { replaceVersion });
  const [read, capabilities, operatorVersion] = await Promise.all([
    readInstanceState(ctx, name),
    ctx.cluster.capabilities(),
    getOperatorVersion(ctx, operatorVersionName(pkg.operator)),
    refuseKudo(ctx),
  ]);
  const state = await requireInstance(ctx, read);
  const before = await packageBefore(ctx, state, pkg, request.dryRun ?? false);
  refuseOtherOperator(name, before, pkg);
  refuseOlder(before, pkg, state);
  checkKubernetesVersion(pkg, capabilities);
  refuseOtherContent(pkg, operatorVersion, replaceVersion);
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
