import type { RunEventBody } from "../../src/model/event.ts";
import { pathText } from "../../src/model/run.ts";
import type { DescribedPackage, DescribedStep } from "./described-package.ts";
import { type Expected, holds, orderOf, stepsOf, tasksOf } from "./model.ts";

/**
 * Holds what the drivers of one command told, attempt by attempt (one that was killed ends anywhere), against what the model says. Answers every
 * contradiction in a sentence.
 */
export function contradictions(
  pkg: DescribedPackage,
  expected: Expected,
  attempts: readonly (readonly RunEventBody[])[],
): readonly string[] {
  return [
    ...attempts.flatMap((events, n) => ofAttempt(pkg, expected, events, n + 1)),
    ...ofTheEnd(expected, attempts.flat()),
  ];
}

/** Holds what the objects of the cluster show (by their names in the package) against what the model says. */
export function wrongObjects(
  expected: Expected,
  shown: ReadonlyMap<string, string>,
): readonly string[] {
  const { objects } = expected;
  if (objects === undefined) return [];
  return [...new Set([...objects.keys(), ...shown.keys()])].flatMap((name) => {
    const [wanted, found] = [objects.get(name), shown.get(name)];
    if (wanted === found) return [];
    return [`${name} shows ${found ?? "nothing: it is not there"}, not ${wanted ?? "gone"}`];
  });
}

function ofAttempt(
  pkg: DescribedPackage,
  expected: Expected,
  events: readonly RunEventBody[],
  attempt: number,
): readonly string[] {
  const found: string[] = [];
  const plans = expected.plans.flatMap((name) => pkg.plans.filter((plan) => plan.name === name));
  const keys = plans.flatMap((plan) => stepsOf(plan).map(({ key }) => key));
  const order = orderOf(plans);
  const complete = new Set<string>();
  const ended = new Set<string>();
  const say = (text: string): void => {
    found.push(`attempt ${attempt}: ${text}`);
  };
  const begins = (step: string, what: string): void => {
    if (!keys.includes(step))
      say(`${what} begins, which is no step of ${expected.plans.join(", ")}`);
    for (const before of keys)
      if (order(before, step) && !complete.has(before))
        say(`${what} begins before ${before} is complete`);
    if (complete.has(step)) say(`${what} begins again although ${step} is complete`);
    if (expected.untouched.has(step)) say(`${what} begins although what comes before it fails`);
    if (expected.skipped.has(step)) say(`${what} begins although its condition is false`);
  };
  for (const event of events) {
    if (event.type === "run-started") {
      // When all of its plan is complete, an uninstall that goes on has none.
      const isRest = attempt > 1 && event.plans.length === 0;
      if (!isRest && event.plans.map(({ name }) => name).join() !== expected.plans.join())
        say(`runs ${event.plans.map(({ name }) => name).join()}, not ${expected.plans.join()}`);
      for (const plan of event.statuses)
        for (const phase of plan.phases)
          for (const step of phase.steps)
            if (step.status === "COMPLETE") complete.add(`${plan.name}.${phase.name}.${step.name}`);
    } else if (event.type === "status" && event.path.step !== undefined) {
      const step = pathText(event.path);
      if (event.status === "COMPLETE") {
        if (event.reason === "Skipped") {
          if (!expected.skipped.has(step)) say(`${step} is skipped although its condition is true`);
        } else unfinishedTasks(pkg, plans, step, expected, ended).forEach(say);
        complete.add(step);
      } else if (event.status === "IN_PROGRESS") begins(step, step);
    } else if (event.type === "task-started") {
      const { task: _, ...path } = event.path;
      const step = pathText(path);
      begins(step, pathText(event.path));
      for (const before of earlierTasks(pkg, plans, step, event.path.task ?? ""))
        if (!ended.has(`${step}.${before}`))
          say(`${pathText(event.path)} begins before ${before} has ended`);
    } else if (event.type === "task-finished") ended.add(pathText(event.path));
    else if (event.type === "object-written" && ended.has(pathText(event.path)))
      say(`${pathText(event.path)} writes ${event.ref.name} after it has ended`);
  }
  return found;
}

function stepNamed(plans: DescribedPackage["plans"], key: string): DescribedStep | undefined {
  return plans.flatMap((plan) => stepsOf(plan)).find((one) => one.key === key)?.step;
}

/** The tasks that must have ended before one of a serial step may begin. */
function earlierTasks(
  pkg: DescribedPackage,
  plans: DescribedPackage["plans"],
  key: string,
  task: string,
): readonly string[] {
  const step = stepNamed(plans, key);
  if (step?.strategy !== "serial") return [];
  const names = tasksOf(pkg, step).map(({ name }) => name);
  return names.slice(0, Math.max(0, names.indexOf(task)));
}

function unfinishedTasks(
  pkg: DescribedPackage,
  plans: DescribedPackage["plans"],
  key: string,
  expected: Expected,
  ended: ReadonlySet<string>,
): readonly string[] {
  const step = stepNamed(plans, key);
  if (step === undefined) return [`${key} is complete, which is no step of the package`];
  return tasksOf(pkg, step)
    .filter((task) => holds(task.when, expected.parameters) && !ended.has(`${key}.${task.name}`))
    .map((task) => `${key} is complete although ${task.name} has not ended`);
}

/** What must be so when the last attempt has ended by itself. */
function ofTheEnd(expected: Expected, events: readonly RunEventBody[]): readonly string[] {
  if (expected.plans.length === 0) return [];
  const statuses = new Map<string, string>();
  for (const event of events) {
    // What is left of an uninstall has no plan: the package is gone already.
    if (event.type === "run-started" && event.plans.length > 0)
      for (const plan of event.statuses)
        for (const phase of plan.phases)
          for (const step of phase.steps)
            statuses.set(`${plan.name}.${phase.name}.${step.name}`, step.status);
    if (event.type === "status") statuses.set(pathText(event.path), event.status);
  }
  const wrong = [...expected.complete].filter((key) => statuses.get(key) !== "COMPLETE");
  const begun = [...expected.untouched].filter(
    (key) => !["PENDING", "NEVER_RUN", undefined].includes(statuses.get(key)),
  );
  const plan = expected.plans.filter((name) =>
    expected.exit === 0 ? statuses.get(name) !== "COMPLETE" : false,
  );
  return [
    ...wrong.map((key) => `at the end ${key} is ${statuses.get(key)}, not COMPLETE`),
    ...begun.map((key) => `at the end ${key} is ${statuses.get(key)}, although it cannot begin`),
    ...plan.map((name) => `at the end plan ${name} is ${statuses.get(name)}, not COMPLETE`),
  ];
}
