import { KUDO_API_VERSION } from "../../model/names.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { Operator } from "../../model/package.ts";
import type { Phase, Plan, Step, Strategy } from "../../model/plan.ts";
import type { Task } from "../../model/task.ts";
import type { Slot } from "../../yaml/yaml-node.ts";
import { type KudoFields, kudoFields, type ReportAt } from "./kudo-fields.ts";
import { kudoTask, TASK_FIELDS } from "./kudo-task.ts";

const OPERATOR_FIELDS = [
  "apiVersion",
  "name",
  "description",
  "operatorVersion",
  "appVersion",
  "kudoVersion",
  "kubernetesVersion",
  "maintainers",
  "url",
  "namespaceManifest",
  "tasks",
  "plans",
];
const STRATEGIES = ["serial", "parallel"];

/** What a KUDO package's operator.yaml says (compat section 1.3), which nothing but a wrong type, apiVersion or task keeps from being read. */
export function kudoOperator(
  root: Slot,
  templates: ReadonlyMap<string, string>,
  report: ReportAt,
): Operator {
  const file = kudoFields(root, "", OPERATOR_FIELDS, report);
  checkApiVersion(file, report);
  const texts = Object.fromEntries(
    ["description", "appVersion", "kudoVersion", "kubernetesVersion", "url", "namespaceManifest"]
      .map((field) => [field, file.text(field)] as const)
      .filter(([, text]) => text !== undefined && text !== ""),
  );
  const name = file.text("name") ?? "";
  if (name === "") report("warning", "missing-field", "the operator has no name", file.offset);
  return {
    name,
    operatorVersion: file.text("operatorVersion") ?? "",
    ...texts,
    maintainers: file.structs("maintainers", ["name", "email"]).map((entry) => {
      const person = entry.text("name");
      const email = entry.text("email");
      return {
        ...(person !== undefined && { name: person }),
        ...(email !== undefined && { email }),
      };
    }),
    tasks: tasksOf(file, templates, report),
    plans: file
      .map("plans", ["strategy", "phases"])
      .map(([name, entry]) => planOf(name, entry, report)),
  };
}

/** Reports an `apiVersion` that is not KUDO's; none is fine. */
export function checkApiVersion(file: KudoFields, report: ReportAt): void {
  const apiVersion = file.text("apiVersion") ?? "";
  if (apiVersion === "" || apiVersion === KUDO_API_VERSION) return;
  const message = `apiVersion: expected ${KUDO_API_VERSION}, found ${JSON.stringify(apiVersion)}`;
  report("error", "unknown-api-version", message, file.at("apiVersion"));
}

/** The first task of a name is the one that plans mean. */
function tasksOf(
  file: KudoFields,
  templates: ReadonlyMap<string, string>,
  report: ReportAt,
): Task[] {
  const tasks = new Map<string, Task>();
  for (const entry of file.structs("tasks", TASK_FIELDS)) {
    const task = kudoTask(entry, templates, report);
    if (task === undefined) continue;
    if (!tasks.has(task.name)) tasks.set(task.name, task);
    else {
      const message = `there is another task "${task.name}" above; this one is passed over`;
      report("warning", "duplicate-name", message, entry.at("name"));
    }
  }
  return [...tasks.values()];
}

/** Which of the file's tasks is the one of a name; -1 for none. */
export function taskIndex(root: Slot, name: string): number {
  const file = kudoFields(root, "", ["tasks"], () => {});
  return file.structs("tasks", ["name"]).findIndex((entry) => (entry.text("name") ?? "") === name);
}

function planOf(name: string, entry: KudoFields, report: ReportAt): Plan {
  const strategy = strategyOf(entry, report);
  const phases = entry.structs("phases", ["name", "strategy", "steps"]);
  warnOfTwins(phases, `phase of plan ${name}`, report);
  return { name, ...strategy, phases: phases.map((phase) => phaseOf(phase, report)) };
}

function phaseOf(entry: KudoFields, report: ReportAt): Phase {
  const name = entry.text("name") ?? "";
  const strategy = strategyOf(entry, report);
  const steps = entry.structs("steps", ["name", "tasks"]);
  warnOfTwins(steps, `step of phase ${name}`, report);
  return { name, ...strategy, steps: steps.map(stepOf) };
}

/** KUDO keeps one status for phases or steps of one name, and passes over the later one. */
function warnOfTwins(entries: readonly KudoFields[], what: string, report: ReportAt): void {
  const names = new Set<string>();
  for (const entry of entries) {
    const name = entry.text("name") ?? "";
    if (names.has(name))
      report("warning", "duplicate-name", `there is another ${what} "${name}"`, entry.at("name"));
    names.add(name);
  }
}

/** All tasks of a step are applied before any is waited for. */
function stepOf(entry: KudoFields): Step {
  return { name: entry.text("name") ?? "", strategy: "parallel", tasks: entry.texts("tasks") };
}

/** Only the very word `serial` is; whatever else, and nothing, is parallel. */
function strategyOf(
  entry: KudoFields,
  report: ReportAt,
): { readonly strategy: Strategy; readonly kudoStrategy?: string } {
  const word = entry.text("strategy") ?? "";
  if (word === "") return { strategy: "parallel" };
  if (word === "serial") return { strategy: "serial", kudoStrategy: word };
  if (word !== "parallel") {
    const message = `${entry.label}.strategy: ${JSON.stringify(word)} means parallel${didYouMean(word, STRATEGIES)}`;
    report("warning", "unknown-strategy", message, entry.at("strategy"));
  }
  return { strategy: "parallel", kudoStrategy: word };
}
