import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { RunRecord } from "../../model/run.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import { storedValues } from "../../params/stored-params.ts";
import type { ActionResult } from "../action-result.ts";
import { refuseUnknownAllowed } from "../change/allowed.ts";
import { decideUpdate } from "../change/decide-update.ts";
import { decideUpgrade } from "../change/decide-upgrade.ts";
import { checkKubernetesVersion, storedPackage } from "../change/package-source.ts";
import type { ActionContext } from "../context.ts";
import { storedParameters } from "../instance/find-instance.ts";
import { installedPackage } from "../instance/installed-package.ts";
import type { InstanceState } from "../instance/instance-state.ts";
import { lookAtInstance } from "../instance/look-at-instance.ts";
import { carryOut } from "../run/carry-out.ts";
import { rollbackTarget } from "./rollback-target.ts";

/** What `rollback` is asked for. */
export interface RollbackRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** Number of the run to go back to; the last complete one before what is wanted now when absent. */
  readonly run?: number;
  /** Find out what would be written, and write nothing. */
  readonly dryRun?: boolean;
  /** Ids of requirements that need not hold (`--allow`). */
  readonly allow?: readonly string[];
}

/**
 * Goes back to the parameters and the package of an earlier run, as a run of its own: with the same package as an update to just those values, with another
 * one as an upgrade to that. Secret values are not kept in runs and stay as they are.
 */
export async function rollback(
  ctx: ActionContext,
  request: RollbackRequest,
): Promise<ActionResult> {
  const { state, capabilities } = await lookAtInstance(ctx, request.instance);
  const { name } = state;
  const before = await installedPackage(ctx, state);
  const target = rollbackTarget(
    {
      name,
      digest: before.digest,
      dialect: before.dialect,
      runs: state.runs.map(({ record }) => record),
    },
    request.run,
  );
  const isSame = target.digest === before.digest;
  const pkg = isSame ? before : await packageOf(ctx, target);
  checkKubernetesVersion(pkg, capabilities);
  const { allow = [] } = request;
  refuseUnknownAllowed(pkg, allow);
  tellKeptSecrets(ctx, pkg, state, target);
  return await carryOut(
    ctx,
    {
      kind: "rollback",
      rollbackTo: target.number,
      state,
      capabilities,
      allow,
      same: ["rollback", name, target.uid, allow],
      decide: (now) => {
        const assigned = valuesOf(pkg, now, target);
        return isSame
          ? decideUpdate(pkg, assigned, now)
          : decideUpgrade(before, pkg, assigned, now);
      },
    },
    request.dryRun ?? false,
  );
}

/** Just the values of that run: what was added since is unset. */
function valuesOf(pkg: OperatorPackage, now: InstanceState, target: RunRecord): Assignments {
  const secrets = secretsOf(pkg);
  const wanted = Object.fromEntries(
    Object.entries(target.parameters).filter(([name]) => !secrets.has(name)),
  );
  const stored = now.object ? storedParameters(now.object) : {};
  return {
    given: storedValues(pkg.dialect, wanted),
    secrets: {},
    unset: Object.keys(stored).filter((name) => !(name in wanted)),
    issues: [],
  };
}

/** A run keeps hashes of secret values, by which one sees that they were others. */
function tellKeptSecrets(
  ctx: ActionContext,
  pkg: OperatorPackage,
  { secrets }: InstanceState,
  target: RunRecord,
): void {
  const names = [...secretsOf(pkg)].filter((name) => {
    const then = target.parameters[name];
    const now = secrets?.hashOf(name);
    return then !== undefined && now !== undefined && then !== now;
  });
  if (names.length === 0) return;
  ctx.emit({
    type: "warning",
    message: `${names.join(", ")}: the present value stays, for secret values of run ${target.number} are not kept`,
  });
}

function secretsOf({ parameters }: OperatorPackage): ReadonlySet<string> {
  return new Set(parameters.filter(({ type }) => type === "secret").map(({ name }) => name));
}

/** The package of an earlier run, while the cluster keeps it. Throws a `bad-input` KplanError that says what would bring it back. */
async function packageOf(
  ctx: ActionContext,
  { operatorVersion, digest, number }: RunRecord,
): Promise<OperatorPackage> {
  try {
    return await storedPackage(ctx, { namespace: ctx.namespace, operatorVersion, digest });
  } catch (cause) {
    if (!(cause instanceof KplanError)) throw cause;
    throw new KplanError(
      "no-package",
      `run ${number} had ${operatorVersion} (package ${digest.slice(0, 12)}), which the cluster does not keep any more: ${cause.message}`,
      {
        kind: "bad-input",
        hint: `\`kplan upgrade PACKAGE\` with the folder or .tgz of ${operatorVersion} and the values of that run (\`kplan plan history -o yaml\`)`,
        cause,
      },
    );
  }
}
