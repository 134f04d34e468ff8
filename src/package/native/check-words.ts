import { canonicalJson } from "../../model/json.ts";
import { parseDuration } from "../../model/parse-duration.ts";
import { type FieldPath, fieldText } from "../field-path.ts";
import type { ReportField } from "../report.ts";
import { EXPECTATIONS } from "./native-gate.ts";
import { fieldsOf, itemsOf, textIn } from "./raw-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Reports each of these fields that is a duration of nothing. */
export function checkDurations(
  fields: Fields,
  names: readonly string[],
  path: FieldPath,
  report: ReportField,
): void {
  for (const name of names)
    if (parseDuration(textIn(fields[name]) ?? "") === 0)
      report("wrong-value", `${fieldText([...path, name])}: expected more than no time`, [
        ...path,
        name,
      ]);
}

/** A gate asks in one way, and each of its expectations is of one kind. */
export function checkGate(gate: Fields, path: FieldPath, report: ReportField): void {
  checkDurations(gate, ["period"], path, report);
  const here = fieldText(path);
  const { exec, sql, client } = gate;
  if (exec === undefined && sql === undefined && client === undefined)
    report("missing-field", `${here}: field "exec" is missing, or "sql" with "client"`, path);
  else if (exec !== undefined && (sql !== undefined || client !== undefined))
    report(
      "too-many-fields",
      `${here}: expected either exec, or sql with client`,
      [...path, sql === undefined ? "client" : "sql"],
      { part: "key" },
    );
  else if (exec === undefined && client === undefined)
    report("missing-field", `${here}: sql needs "client", the command that takes it`, path, {
      hint: 'for example client: ["mariadb", "-N", "-B", "-e"]',
    });
  else if (exec === undefined && sql === undefined)
    report("missing-field", `${here}: client needs "sql", the statement that it takes`, path);
  for (const [index, expectation] of itemsOf(gate.expect).entries())
    checkExpectation(fieldsOf(expectation), [...path, "expect", index], report);
}

const FURTHER = ["min", "max", "message"];

function checkExpectation(fields: Fields, path: FieldPath, report: ReportField): void {
  const here = fieldText(path);
  const [kind, second] = EXPECTATIONS.filter((name) => fields[name] !== undefined);
  // What is there may be a misspelled one of them, which is reported already.
  if (kind === undefined && Object.keys(fields).every((name) => FURTHER.includes(name)))
    report("missing-field", `${here}: expected one of all, any, count or same`, path);
  if (second !== undefined)
    report(
      "too-many-fields",
      `${here}: expected one of all, any, count or same, found ${kind} and ${second}`,
      [...path, second],
      { part: "key" },
    );
  const bounds = ["min", "max"].filter((name) => fields[name] !== undefined);
  if (fields.count !== undefined && bounds.length === 0)
    report("missing-field", `${here}: count needs min, max or both`, path);
  if (kind !== undefined && fields.count === undefined)
    for (const name of bounds)
      report("unknown-field", `${here}: ${name} has a meaning with count only`, [...path, name], {
        part: "key",
      });
}

/** An Exec task says where it runs, in one way. */
export function checkExec(spec: Fields, path: FieldPath, report: ReportField): void {
  checkDurations(spec, ["timeout"], path, report);
  const here = fieldText(path);
  const { pods, pod, forEach } = spec;
  if (pods === undefined && pod === undefined)
    report("missing-field", `${here}: field "pods" is missing, or "pod"`, path);
  if (pods !== undefined && pod !== undefined)
    report("too-many-fields", `${here}: expected either pods or pod`, [...path, "pod"], {
      part: "key",
    });
  if (spec.stdin !== undefined && spec.stdinFrom !== undefined)
    report(
      "too-many-fields",
      `${here}: expected either stdin or stdinFrom`,
      [...path, "stdinFrom"],
      { part: "key" },
    );
  if (forEach !== undefined && pods === undefined && pod !== undefined)
    report("too-many-fields", `${here}: forEach needs pods`, [...path, "forEach"], { part: "key" });
}

/** A meter's limits are more than nothing; `true` needs a meter of the package. */
export function checkMeter(
  meter: unknown,
  path: FieldPath,
  packageMeter: unknown,
  report: ReportField,
): void {
  if (meter === true && packageMeter === undefined)
    report("missing-meter", `${fieldText(path)}: the package has no meter of its own`, path, {
      hint: "give it one with meter: beside tasks: and plans:",
    });
  const budget = [...path, "budget"];
  checkDurations(fieldsOf(fieldsOf(meter).budget), ["gap", "p99"], budget, report);
}

/** A requirement and where it stands. */
export interface FoundRequirement {
  readonly fields: Fields;
  readonly path: FieldPath;
}

/** The requirements of a plan or a step. */
export function requirementsOf(fields: Fields, path: FieldPath): FoundRequirement[] {
  return itemsOf(fields.require).map((item, index) => ({
    fields: fieldsOf(item),
    path: [...path, "require", index],
  }));
}

/** What an id allows is one thing: it comes again only with the very same requirement. */
export function checkRequirementIds(found: readonly FoundRequirement[], report: ReportField): void {
  const first = new Map<string, FoundRequirement>();
  for (const requirement of found) {
    const id = textIn(requirement.fields.id);
    if (id === undefined) continue;
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, requirement);
    else if (canonicalJson(earlier.fields) !== canonicalJson(requirement.fields))
      report(
        "duplicate-name",
        `there is another requirement "${id}", in ${fieldText(earlier.path)}`,
        [...requirement.path, "id"],
        { hint: "what --allow names must be one thing: give this one another id" },
      );
  }
}
