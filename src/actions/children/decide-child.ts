import type { WantedChild } from "../../engine/children/children.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { RunKind } from "../../model/run.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import { readAssignments } from "../../params/read-assignments.ts";
import { storedValues } from "../../params/stored-params.ts";
import { decideUpdate } from "../change/decide-update.ts";
import { decideUpgrade } from "../change/decide-upgrade.ts";
import { desiredParameters, recordedParameters } from "../change/desired-parameters.ts";
import { NO_VALUES } from "../change/given-values.ts";
import type { ActionContext } from "../context.ts";
import { checkInstanceName } from "../instance/check-instance-name.ts";
import { digestOf, operatorVersionOf } from "../instance/find-instance.ts";
import { installedPackage } from "../instance/installed-package.ts";
import { type InstanceState, readInstanceState } from "../instance/instance-state.ts";
import type { Decided, Settled } from "../run/carry-out.ts";
import { selectPlans } from "../run/select-plans.ts";
import { versionElsewhere, versionHere } from "./version-elsewhere.ts";

/** What is to become of an instance that another one needs. */
export interface ChildChange {
  /** Has the packages that the instance needs itself. */
  readonly ctx: ActionContext;
  readonly kind: Extract<RunKind, "install" | "update" | "upgrade">;
  /** As last read. */
  readonly state: InstanceState;
  readonly pkg: OperatorPackage;
  readonly assigned: Assignments;
  /** Asked again when the state is another by then. Throws a `bad-input` KplanError with all that is in the way. */
  readonly decide: (state: InstanceState) => Decided | Settled;
}

/**
 * What is to be done to an instance that another one needs: install it, move it to another version, or change its parameters, by the rules that hold for a person who asks for
 * it (compat section 7.2), but that an older version is no mistake here. Parameters are added and changed, never taken away. Throws a `bad-input` KplanError for what is known
 * to be wrong already, ClusterError when the cluster cannot be asked.
 */
export async function childChange(ctx: ActionContext, wanted: WantedChild): Promise<ChildChange> {
  const { name } = wanted.ref;
  checkInstanceName(name);
  const { operatorVersion, operatorVersionNamespace: elsewhere } = wanted;
  const [state, found] = await Promise.all([
    readInstanceState(ctx, name),
    elsewhere === undefined
      ? versionHere(ctx, operatorVersion)
      : versionElsewhere(ctx, { name: operatorVersion, namespace: elsewhere, instance: name }),
  ]);
  const { pkg, isCopied } = found;
  const assigned = await assignmentsOf(pkg, wanted);
  const { object } = state;
  const change = { ctx: found.ctx, state, pkg, assigned };
  if (object === undefined)
    return { ...change, kind: "install", decide: (now) => decide(now, undefined) };
  refuseOther(object, wanted);
  const isMoved = operatorVersionOf(object) !== wanted.operatorVersion;
  // One that KUDO made must have been taken over: what has run before is not known otherwise.
  const isKnown = digestOf(object) !== undefined && !isMoved;
  const before = isKnown ? undefined : await installedPackage(ctx, { ...state, object });
  if (before !== undefined && before.operator.name !== pkg.operator.name)
    throw new KplanError(
      "other-operator",
      `${name} is an instance of ${before.operator.name}, not of ${pkg.operator.name}`,
      { kind: "bad-input" },
    );
  const kind = isMoved ? "upgrade" : "update";
  return { ...change, kind, decide: (now) => decide(now, before) };

  // The package of a child was stored before that of whoever needs it, but for one that comes from elsewhere.
  function decide(now: InstanceState, from: OperatorPackage | undefined): Decided | Settled {
    return { ...decideAsIt(now, from), storePackage: isCopied };
  }

  function decideAsIt(now: InstanceState, from: OperatorPackage | undefined): Decided | Settled {
    if (now.object === undefined) return decideNew(pkg, assigned, now);
    refuseOther(now.object, wanted);
    if (operatorVersionOf(now.object) === wanted.operatorVersion)
      return decideUpdate(pkg, assigned, now);
    if (from !== undefined) return decideUpgrade(from, pkg, assigned, now);
    throw new KplanError("moved-meanwhile", `${name} was moved to another version meanwhile`, {
      kind: "busy",
    });
  }
}

async function assignmentsOf(
  pkg: OperatorPackage,
  { parameters, values }: WantedChild,
): Promise<Assignments> {
  if (values)
    return { given: storedValues(pkg.dialect, values), secrets: {}, unset: [], issues: [] };
  const name = `templates/${parameters?.file} (rendered)`;
  const files = parameters ? [{ name, text: parameters.text }] : [];
  return await readAssignments(pkg, { ...NO_VALUES, files });
}

function decideNew(
  pkg: OperatorPackage,
  assigned: Assignments,
  { name, secrets, runs }: InstanceState,
): Decided {
  const { desired, issues } = desiredParameters(pkg, assigned, {
    name,
    ...(secrets && { secrets }),
  });
  if (issues.some(({ severity }) => severity === "error")) refuse(`parameters of ${name}`, issues);
  const recorded = recordedParameters(desired, secrets);
  const choice = selectPlans({ pkg, desired: recorded, runs: runs.map(({ record }) => record) });
  if (choice.kind === "nothing") throw new Error(`${name} is not there and has nothing to do`);
  return { pkg, storePackage: false, desired, choice };
}

/** KUDO writes over whatever has the name. Throws a `bad-input` KplanError. */
function refuseOther(object: KubeObject, { ref, parent, operatorVersion }: WantedChild): void {
  const { ownerReferences = [] } = object.metadata;
  if (parent.uid !== "" && ownerReferences.some(({ uid }) => uid === parent.uid)) return;
  if (ref.name === parent.name)
    throw new KplanError(
      "others-instance",
      `${parent.name} cannot need an instance of its own name`,
      {
        kind: "bad-input",
        hint: "`instanceName` of the task gives what is needed a name of its own",
      },
    );
  const [owner] = ownerReferences;
  const whose = owner ? `belongs to ${owner.kind} ${owner.name}` : "is nobody's part";
  throw new KplanError(
    "others-instance",
    `Instance ${ref.name} (${operatorVersionOf(object)}) is there and ${whose}; ${parent.name} needs one of that name for itself (${operatorVersion})`,
    {
      kind: "bad-input",
      hint: `another name for ${parent.name}, or another namespace, keeps the two apart`,
    },
  );
}

/** The Instance of a child as it will be, as far as a person is concerned. */
export function plannedInstance(
  { ref, parent }: WantedChild,
  { pkg, desired, lasting }: Decided,
): KubeObject {
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace, ownerReferences: [parent] },
    spec: {
      operatorVersion: { name: operatorVersionName(pkg.operator) },
      parameters: { ...(lasting ?? desired.stored) },
    },
  };
}
