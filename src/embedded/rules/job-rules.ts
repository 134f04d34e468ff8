import { isMap } from "../../model/json.ts";
import type { FieldProblem } from "../http/api-error.ts";
import type { KindRules } from "../kinds/kind-rules.ts";
import { checkPodSpec } from "./pod-spec-checks.ts";
import { defaultPodSpec } from "./pod-spec-defaults.ts";
import { type Draft, immutable, invalidValue, mapAt, required, valueAt } from "./rule.ts";

/** Jobs; a selector by controller uid is made unless `manualSelector`. */
export const jobRules: KindRules = {
  defaults: (draft) => defaultJob(mapAt(draft, "spec")),
  beforeCreate: (draft) => {
    draft.status = {};
    const spec = mapAt(draft, "spec");
    if (spec.manualSelector === true) return;
    const { uid, name } = mapAt(draft, "metadata");
    const labels = mapAt(mapAt(mapAt(spec, "template"), "metadata"), "labels");
    for (const prefix of ["", "batch.kubernetes.io/"]) {
      labels[`${prefix}controller-uid`] = uid;
      labels[`${prefix}job-name`] = name;
    }
    spec.selector = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  },
  check: ({ spec }) => checkJob(spec, "spec"),
  checkUpdate: ({ spec }, before) => [
    ...immutable(spec, before.spec, ["completions", "selector", "completionMode"]),
    ...(valueAt(before.spec, "suspend") === true ? [] : immutable(spec, before.spec, ["template"])),
  ],
};

/** CronJobs. */
export const cronJobRules: KindRules = {
  defaults: (draft) => {
    const spec = mapAt(draft, "spec");
    spec.concurrencyPolicy ??= "Allow";
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    defaultPodSpec(mapAt(mapAt(mapAt(mapAt(spec, "jobTemplate"), "spec"), "template"), "spec"));
  },
  check: ({ spec }) => {
    const schedule = valueAt(spec, "schedule");
    const fields = typeof schedule === "string" ? schedule.trim().split(/\s+/) : [];
    const wrong =
      fields.length === 5 || String(schedule).startsWith("@")
        ? []
        : [
            invalidValue(
              "spec.schedule",
              schedule ?? "",
              `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`,
            ),
          ];
    return [...wrong, ...checkJob(valueAt(spec, "jobTemplate.spec"), "spec.jobTemplate.spec")];
  },
};

function defaultJob(spec: Draft): void {
  spec.backoffLimit ??= 6;
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.completionMode ??= "NonIndexed";
  spec.suspend ??= false;
  defaultPodSpec(mapAt(mapAt(spec, "template"), "spec"));
}

function checkJob(spec: unknown, path: string): FieldProblem[] {
  const pod = valueAt(spec, "template.spec");
  const found = checkPodSpec(pod, `${path}.template.spec`);
  if (isMap(pod) && pod.restartPolicy === "Always")
    found.push(
      required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'),
    );
  for (const field of ["completions", "parallelism", "backoffLimit"]) {
    const value = valueAt(spec, field);
    if (typeof value === "number" && value < 0)
      found.push(invalidValue(`${path}.${field}`, value, "must be greater than or equal to 0"));
  }
  return found;
}
