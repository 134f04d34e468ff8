import semver from "semver";
import { parseDuration } from "../model/parse-duration.ts";
import { checkDuplicates } from "./check-duplicates.ts";
import { type FieldPath, fieldText } from "./field-path.ts";
import { fieldsOf, itemsOf, textIn } from "./raw-fields.ts";
import type { ReportField } from "./report.ts";

/**
 * Finds in operator.yaml what a schema cannot say: names given twice, versions that are none, durations of nothing. Takes the file as it was read,
 * whatever the schema found in it, so that all problems are reported at once; what is not of the right shape is passed over.
 */
export function checkOperator(value: unknown, report: ReportField): void {
  const operator = fieldsOf(value);
  checkVersions(operator, report);
  checkDuplicates(itemsOf(operator.tasks), "task", ["tasks"], report);
  for (const [plan, content] of Object.entries(fieldsOf(operator.plans))) {
    const path = ["plans", plan, "phases"];
    const phases = itemsOf(fieldsOf(content).phases);
    checkDuplicates(phases, `phase of plan ${plan}`, path, report);
    for (const [index, phase] of phases.entries())
      checkPhase(fieldsOf(phase), [...path, index], report);
  }
}

function checkVersions(operator: Readonly<Record<string, unknown>>, report: ReportField): void {
  const { operatorVersion, kplanVersion } = operator;
  if (typeof operatorVersion === "string" && semver.valid(operatorVersion) !== operatorVersion)
    report(
      "not-a-version",
      `operatorVersion: expected a semantic version such as 1.2.3, found ${JSON.stringify(operatorVersion)}`,
      ["operatorVersion"],
    );
  if (typeof kplanVersion === "string" && semver.validRange(kplanVersion) === null)
    report(
      "not-a-version-range",
      `kplanVersion: expected a version range such as ">=1.2", found ${JSON.stringify(kplanVersion)}`,
      ["kplanVersion"],
    );
}

function checkPhase(
  phase: Readonly<Record<string, unknown>>,
  path: FieldPath,
  report: ReportField,
): void {
  const steps = itemsOf(phase.steps);
  checkDuplicates(steps, `step of phase ${textIn(phase.name) ?? ""}`, [...path, "steps"], report);
  for (const [index, step] of steps.entries())
    checkStep(fieldsOf(step), [...path, "steps", index], report);
}

function checkStep(
  step: Readonly<Record<string, unknown>>,
  path: FieldPath,
  report: ReportField,
): void {
  const tasks = itemsOf(step.tasks);
  for (const [index, task] of tasks.entries())
    if (typeof task === "string" && tasks.indexOf(task) < index)
      report("duplicate-name", `task "${task}" is listed twice in this step`, [
        ...path,
        "tasks",
        index,
      ]);
  for (const field of ["timeout", "noActivity"])
    if (parseDuration(textIn(step[field]) ?? "") === 0)
      report("wrong-value", `${fieldText([...path, field])}: expected more than no time`, [
        ...path,
        field,
      ]);
}
