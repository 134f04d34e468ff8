import { parseExpression } from "../../expressions/parse-expression.ts";
import { errorIssue, type Issue, type Place } from "../../model/issue.ts";
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
 * recorded once for ever may be known from an earlier run.
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
      return message === undefined ? [] : errorIssue("fact-not-found-yet", message, read.at);
    });
  });
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** A place where a fact must be there. */
interface Read {
  readonly fact: string;
  readonly at: Place;
  readonly moment: Moment;
}

function readsOf({ pkg, words, uses }: PackageView): Read[] {
  const inWords = words.expressions.flatMap(({ text, path, moment, names }) =>
    unasked(parseExpression(text, names).uses, ({ path: [root, name] }) =>
      root === "Facts" ? name : undefined,
    ).map(({ fact, use }) => ({ fact, moment, at: placeInText(pkg, path, text, use.offset) })),
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
  const isFound = inPlan.some(
    (finder) =>
      runsAfter(use, finder) ||
      ("during" in reader && finder.phase === use.phase && finder.step === use.step),
  );
  if (isFound) return undefined;
  const [finder] = inPlan;
  const where = stepText(use);
  return finder
    ? `Facts.${fact} is read in step ${where}, before task ${fact} of step ${stepText(finder)} has found it out`
    : `Facts.${fact} is read in step ${where}, and plan ${use.plan.name} never runs task ${fact}, which finds it out`;
}
