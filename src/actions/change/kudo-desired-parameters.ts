import { errorIssue, type Issue } from "../../model/issue.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Parameter } from "../../model/parameter.ts";
import { kudoChangedParams } from "../../params/kudo-changes.ts";
import { checkKudoText } from "../../params/kudo-check.ts";
import { type KudoTexts, kudoParams } from "../../params/kudo-params.ts";
import { kudoDefault } from "../../params/kudo-text.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import type { DesiredParameters, ParametersBefore } from "./desired-parameters.ts";

/**
 * What the parameters of an instance of a KUDO package are to be, by KUDO's rules (compat sections 2.4 and 7.2): texts; a new Instance stores the defaults of immutable
 * parameters; names that the package does not declare are kept, and can be given to a new Instance only; an upgrade forgets what it declares no more. All problems at once.
 */
export function kudoDesiredParameters(
  { parameters }: Pick<OperatorPackage, "parameters">,
  assigned: Assignments,
  { current, stored, declaredBefore = [] }: ParametersBefore,
): { readonly desired: DesiredParameters; readonly issues: readonly Issue[] } {
  const before = current ?? stored;
  const declared = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const forgotten = new Set(
    declaredBefore.map(({ name }) => name).filter((name) => !declared.has(name)),
  );
  const defaults = immutableDefaults(parameters);
  const kept = Object.entries(before ?? defaults);
  const merged: Record<string, string> = {
    ...Object.fromEntries(kept.filter(([name]) => !forgotten.has(name))),
    ...textsOf(assigned.given),
  };
  for (const name of assigned.unset) {
    const text = defaults[name];
    if (text === undefined) delete merged[name];
    else merged[name] = text;
  }
  const texts = parameters.map((parameter): [string, string] => [
    parameter.name,
    merged[parameter.name] ?? kudoDefault(parameter) ?? "",
  ]);
  const values = Object.fromEntries(texts);
  const wrong = parameters.flatMap((each) => checkKudoText(each, values[each.name] ?? "") ?? []);
  const unreadable = wrong.length > 0 ? [] : kudoParams(parameters, values).issues;
  const names = [...declared.keys()];
  const unknown = before ? unknownNames(assigned, before, names) : [];
  const issues = [
    ...withoutCodes(assigned.issues, unknown.length > 0 ? ["unknown-parameter"] : []),
    ...unknown,
    ...assigned.unset
      .filter((name) => !declared.has(name) && !Object.hasOwn(before ?? {}, name))
      .map((name) => unknownIssue(`--unset ${name}: `, name, names)),
    ...wrong,
    ...unreadable,
    ...(current ? kudoChangedParams(parameters, current, merged).issues : []),
  ];
  const given = Object.keys(assigned.given);
  return {
    desired: { values, stored: merged, secrets: {}, secretNames: [], given },
    issues,
  };
}

/** A new Instance has them as values of its own: another default of a later version does not change them. */
function immutableDefaults(parameters: readonly Parameter[]): KudoTexts {
  return Object.fromEntries(
    parameters.flatMap((parameter) => {
      const text = parameter.immutable ? kudoDefault(parameter) : undefined;
      return text === undefined ? [] : [[parameter.name, text]];
    }),
  );
}

/** An instance takes no new or other value under a name that its package does not declare. */
function unknownNames(
  { given }: Assignments,
  before: KudoTexts,
  names: readonly string[],
): readonly Issue[] {
  return Object.keys(given)
    .filter((name) => !names.includes(name) && given[name] !== before[name])
    .map((name) => unknownIssue("", name, names));
}

function unknownIssue(where: string, name: string, names: readonly string[]): Issue {
  const message = `${where}the operator has no parameter "${name}"${didYouMean(name, names)}`;
  return errorIssue("unknown-parameter", message);
}

function withoutCodes(issues: readonly Issue[], codes: readonly string[]): readonly Issue[] {
  return issues.filter(({ code }) => !codes.includes(code));
}

function textsOf(given: Assignments["given"]): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, String(text)]));
}
