import { errorIssue, type Issue } from "../../model/issue.ts";
import type { Json } from "../../model/json.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Parameter, ParameterValues } from "../../model/parameter.ts";
import { changedParams } from "../../params/change-params.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import { resolveParams } from "../../params/resolve-params.ts";
import { fromStored, toStored } from "../../params/stored-params.ts";
import { type SecretValues, saltedHash } from "../../store/secret-values.ts";
import { kudoDesiredParameters } from "./kudo-desired-parameters.ts";

/** The parameters that an instance is to have. */
export interface DesiredParameters {
  /** Effective values for templates: defaults and secret references filled in; in a KUDO package texts. */
  readonly values: ParameterValues;
  /** What the Instance stores: given values, without secrets. */
  readonly stored: Readonly<Record<string, string>>;
  /** Values of secrets given now; they go into the Secret and nowhere else. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Names of all secret parameters. */
  readonly secretNames: readonly string[];
  /** Names that this command gave a value. */
  readonly given: readonly string[];
}

/** What an instance has before. */
export interface ParametersBefore {
  readonly name: string;
  /** What the Instance stores, against which immutable parameters are held. */
  readonly current?: Readonly<Record<string, string>>;
  /** The same without that check. */
  readonly stored?: Readonly<Record<string, string>>;
  readonly secrets?: SecretValues;
  /** Parameters of the version that it has, when it is to have another one. */
  readonly declaredBefore?: readonly Parameter[];
}

/** What the parameters are to be: those of the instance as they are, with what is given now on top. All problems at once. */
export function desiredParameters(
  pkg: OperatorPackage,
  assigned: Assignments,
  instance: ParametersBefore,
): { readonly desired: DesiredParameters; readonly issues: readonly Issue[] } {
  if (pkg.dialect === "kudo") return kudoDesiredParameters(pkg, assigned, instance);
  const secretNames = pkg.parameters
    .filter(({ type }) => type === "secret")
    .map(({ name }) => name);
  const declared = new Set(pkg.parameters.map(({ name }) => name));
  const merged: Record<string, Json> = {
    ...onlyKeys(fromStored(instance.current ?? instance.stored ?? {}), declared),
    ...assigned.given,
  };
  for (const name of assigned.unset) delete merged[name];
  const known = new Set([...Object.keys(assigned.secrets), ...(instance.secrets?.names ?? [])]);
  const resolved = resolveParams(pkg.parameters, merged, instance.name, known);
  const desired: DesiredParameters = {
    values: resolved.values,
    stored: toStored(merged),
    secrets: assigned.secrets,
    secretNames,
    given: [...Object.keys(assigned.given), ...Object.keys(assigned.secrets)],
  };
  const issues = [
    ...assigned.issues,
    ...assigned.unset.filter((name) => secretNames.includes(name)).map(secretUnset),
    ...resolved.issues,
    ...(instance.current ? changeIssues(pkg, desired, instance.current, instance.secrets) : []),
  ];
  return { desired, issues };
}

/** Values as a run record keeps them and changes are counted: stored texts, and salted hashes of secrets. */
export function recordedParameters(
  desired: DesiredParameters,
  secrets: SecretValues | undefined,
): Readonly<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of desired.secretNames) {
    const given = desired.secrets[name];
    const hash =
      given === undefined ? secrets?.hashOf(name) : saltedHash(secrets?.salt ?? "", given);
    if (hash !== undefined) hashes[name] = hash;
  }
  return { ...desired.stored, ...hashes };
}

function changeIssues(
  pkg: OperatorPackage,
  desired: DesiredParameters,
  current: Readonly<Record<string, string>>,
  secrets: SecretValues | undefined,
): readonly Issue[] {
  const before = recordedParameters({ ...desired, stored: current, secrets: {} }, secrets);
  return changedParams(pkg.parameters, before, recordedParameters(desired, secrets)).issues;
}

function secretUnset(name: string): Issue {
  return errorIssue(
    "secret-unset",
    `${name} is a secret; it can be given another value, not unset`,
  );
}

function onlyKeys(
  values: Readonly<Record<string, Json>>,
  keys: ReadonlySet<string>,
): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => keys.has(name)));
}
