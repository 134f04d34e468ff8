import { parseExpression } from "../../expressions/parse-expression.ts";
import { errorIssue, type Issue, type Place, warningIssue } from "../../model/issue.ts";
import type { Plan } from "../../model/plan.ts";
import { factUses } from "../../render/fact-uses.ts";
import { factTasks } from "../fact-tasks.ts";
import type { Moment } from "../operator-words.ts";
import type { PackageView } from "../package-view.ts";
import { placeInText } from "../place-in-text.ts";
import { meteredSteps } from "../placed-meters.ts";
import { runsAfter, stepText, type TaskUse } from "../task-use.ts";

/**
 * A fact is found out before it is read: in the plan, by a task that has ended by then. What is asked for with `has()` or `{{#if}}` may be missing, and what is
 * recorded once for ever may be known from an earlier run. A task that may be skipped is a warning.
 */
export function factsInOrder(view: PackageView): Issue[] {
  const { pkg, uses } = view;
  const tasks = factTasks(pkg);
  const lasting = new Set(tasks.filter(({ record }) => record?.once === "ever").map(nameOf));
  const known = new Set(tasks.map(nameOf));
  return readsOf(view).flatMap((read) => {
    if (!known.has(read.fact) || lasting.has(read.fact)) return [];
    return placesOf(read.moment, uses).flatMap((reader) => {
      const message = whyUnknown(read.fact, reader, uses);
      if (message !== undefined) return errorIssue("fact-not-found-yet", message, read.at);
      return maybeSkipped(read, reader, uses) ?? [];
    });
  });
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** A place where a fact must be there. */
interface Read {
  readonly fact: string;
  /** The expression that reads it. */
  readonly condition?: string;
  readonly at: Place;
  readonly moment: Moment;
}

function readsOf({ pkg, words, uses }: PackageView): Read[] {
  const inWords = words.expressions.flatMap(({ text, path, moment, names }) =>
    unasked(parseExpression(text, names).uses, ({ path: [root, name] }) =>
      root === "Facts" ? name : undefined,
    ).map(
      ({ fact, use }): Read => ({
        fact,
        condition: text,
        moment,
        at: placeInText(pkg, path, text, use.offset),
      }),
    ),
  );
  const inTexts = words.texts.flatMap(({ text, path, moment }) =>
    unasked(factUses(text), (use) => use.path[0]).map(({ fact }) => ({
      fact,
      moment,
      at: pkg.placeOf("operator.yaml", path),
    })),
  );
  const readers = new Map<string, Set<string>>();
  for (const { task } of uses)
    for (const key of task && "resources" in task ? task.resources : [])
      readers.set(key, (readers.get(key) ?? new Set()).add(task?.name ?? ""));
  const inMeters = meteredSteps(pkg).flatMap(({ meter, step }) =>
    unasked(factUses(pkg.templates.get(meter.pod) ?? ""), (use) => use.path[0]).map(
      ({ fact, use }): Read => ({
        fact,
        at: { file: `templates/${meter.pod}`, line: use.at.line, col: use.at.col },
        moment: { kind: "step", when: "begins", step },
      }),
    ),
  );
  const inTemplates = [...readers].flatMap(([key, names]) =>
    unasked(factUses(pkg.templates.get(key) ?? ""), (use) => use.path[0]).flatMap(
      ({ fact, use }) => {
        const at = { file: `templates/${key}`, line: use.at.line, col: use.at.col };
        return [...names].map((task): Read => ({ fact, at, moment: { kind: "task", task } }));
      },
    ),
  );
  return [...inWords, ...inTexts, ...inTemplates, ...inMeters];
}

/** The first use of each fact that the text never asks for: what is asked for once is taken to be guarded by that. */
function unasked<Use extends { readonly asked?: boolean }>(
  uses: readonly Use[],
  factOf: (use: Use) => string | undefined,
): { readonly fact: string; readonly use: Use }[] {
  const found = uses.flatMap((use) => {
    const fact = factOf(use);
    return fact === undefined ? [] : [{ fact, use }];
  });
  const asked = new Set(found.filter(({ use }) => use.asked).map(({ fact }) => fact));
  const first = new Map(found.toReversed().map((each) => [each.fact, each]));
  return [...first.values()].filter(({ fact }) => !asked.has(fact));
}

/** Where a text takes effect, step by step. */
function placesOf(moment: Moment, uses: readonly TaskUse[]): (TaskUse | Plan | DuringStep)[] {
  switch (moment.kind) {
    case "plan":
      return [moment.plan];
    case "step":
      return moment.when === "begins" ? [moment.step] : [{ during: moment.step }];
    case "task":
      return uses.filter(({ name }) => name === moment.task);
  }
}

interface DuringStep {
  readonly during: TaskUse;
}

function whyUnknown(
  fact: string,
  reader: TaskUse | Plan | DuringStep,
  uses: readonly TaskUse[],
): string | undefined {
  const finders = uses.filter(({ name }) => name === fact);
  if ("phases" in reader)
    return `Facts.${fact} is not known before plan ${reader.name} begins: task ${fact} is not recorded (record: with once: ever)`;
  const use = "during" in reader ? reader.during : reader;
  const inPlan = finders.filter(({ plan }) => plan === use.plan);
  if (inPlan.some((finder) => runsBefore(reader, finder))) return undefined;
  const [finder] = inPlan;
  const where = stepText(use);
  return finder
    ? `Facts.${fact} is read in step ${where}, before task ${fact} of step ${stepText(finder)} has found it out`
    : `Facts.${fact} is read in step ${where}, and plan ${use.plan.name} never runs task ${fact}, which finds it out`;
}

/** Whether a task has ended, if it ran at all, when a text takes effect. */
function runsBefore(reader: TaskUse | DuringStep, finder: TaskUse): boolean {
  if (!("during" in reader)) return runsAfter(reader, finder);
  const { during } = reader;
  return (
    runsAfter(during, finder) || (finder.phase === during.phase && finder.step === during.step)
  );
}

/**
 * A warning when the task that finds a fact out may be skipped, and what reads the fact neither asks for it nor stands under the same condition: an evaluation without it
 * would end the run half-way.
 */
function maybeSkipped(
  read: Read,
  reader: TaskUse | Plan | DuringStep,
  uses: readonly TaskUse[],
): Issue | undefined {
  if ("phases" in reader) return undefined;
  const use = "during" in reader ? reader.during : reader;
  const finders = uses.filter(
    (finder) => finder.name === read.fact && finder.plan === use.plan && runsBefore(reader, finder),
  );
  const here = [use.step.when, use.task?.when, read.condition].join("\n");
  const conditions = finders.map((finder) => {
    const ofStep = finder.step === use.step ? undefined : finder.step.when;
    return [ofStep, finder.task?.when].filter((when) => when !== undefined && when !== "true");
  });
  if (conditions.some((all) => all.every((when) => here.includes(when ?? "")))) return undefined;
  const [when = ""] = conditions[0] ?? [];
  return warningIssue(
    "fact-may-be-missing",
    `Facts.${read.fact} is read in step ${stepText(use)}, and task ${read.fact} may have been skipped (when: ${when})`,
    read.at,
    `ask for it: has(Facts.${read.fact}), or {{#if Facts.${read.fact}}} in a template`,
  );
}
