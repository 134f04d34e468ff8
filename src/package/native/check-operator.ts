import semver from "semver";
import { isMap } from "../../model/json.ts";
import type { FieldPath } from "../field-path.ts";
import type { ReportField } from "../report.ts";
import { checkDuplicates } from "./check-duplicates.ts";
import {
  checkDurations,
  checkExec,
  checkGate,
  checkMeter,
  checkRequirementIds,
  type FoundRequirement,
  requirementsOf,
} from "./check-words.ts";
import { fieldsOf, itemsOf, textIn } from "./raw-fields.ts";

/**
 * Finds in operator.yaml what a schema cannot say: names given twice, versions that are none, durations of nothing. Takes the file as it was read,
 * whatever the schema found in it, so that all problems are reported at once; what is not of the right shape is passed over.
 */
export function checkOperator(value: unknown, report: ReportField): void {
  const operator = fieldsOf(value);
  checkVersions(operator, report);
  checkDuplicates(itemsOf(operator.tasks), "task", ["tasks"], report);
  for (const [index, task] of itemsOf(operator.tasks).entries()) {
    const { kind, spec } = fieldsOf(task);
    if (kind === "Exec" && isMap(spec)) checkExec(spec, ["tasks", index, "spec"], report);
  }
  checkMeter(operator.meter, ["meter"], operator.meter, report);
  const requirements: FoundRequirement[] = [];
  for (const [plan, content] of Object.entries(fieldsOf(operator.plans))) {
    const path = ["plans", plan, "phases"];
    requirements.push(...requirementsOf(fieldsOf(content), ["plans", plan]));
    const phases = itemsOf(fieldsOf(content).phases);
    checkDuplicates(phases, `phase of plan ${plan}`, path, report);
    for (const [index, phase] of phases.entries())
      requirements.push(...checkPhase(fieldsOf(phase), [...path, index], operator.meter, report));
  }
  checkRequirementIds(requirements, report);
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

/** @returns the requirements of its steps */
function checkPhase(
  phase: Readonly<Record<string, unknown>>,
  path: FieldPath,
  packageMeter: unknown,
  report: ReportField,
): FoundRequirement[] {
  const steps = itemsOf(phase.steps);
  checkDuplicates(steps, `step of phase ${textIn(phase.name) ?? ""}`, [...path, "steps"], report);
  return steps.flatMap((step, index) => {
    const at = [...path, "steps", index];
    checkStep(fieldsOf(step), at, packageMeter, report);
    return requirementsOf(fieldsOf(step), at);
  });
}

function checkStep(
  step: Readonly<Record<string, unknown>>,
  path: FieldPath,
  packageMeter: unknown,
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
  checkDurations(step, ["timeout", "noActivity"], path, report);
  if (isMap(step.gate)) checkGate(step.gate, [...path, "gate"], report);
  checkMeter(step.meter, [...path, "meter"], packageMeter, report);
}
