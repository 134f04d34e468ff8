import type {
  Condition,
  DescribedCommand,
  DescribedPackage,
  DescribedPlan,
  DescribedStep,
  DescribedTask,
  Value,
} from "./described-package.ts";

// The engine in plain words, written from docs/plans.md and the design, not from its code: which plans run, what may come before what, what is there afterwards.

/** What one command comes to. */
export interface Expected {
  readonly exit: 0 | 1;
  /** In the order they run; none: there was nothing to do. */
  readonly plans: readonly string[];
  readonly parameters: Readonly<Record<string, Value>>;
  /** What each object shows; undefined where a failure leaves it open. */
  readonly objects: ReadonlyMap<string, string> | undefined;
  /** Steps (`plan.phase.step`) that are complete in any case, and those that cannot have begun. */
  readonly complete: ReadonlySet<string>;
  readonly untouched: ReadonlySet<string>;
  /** Of the complete ones, those whose condition was false. */
  readonly skipped: ReadonlySet<string>;
}

/** What a sequence of commands, the first of them an install, comes to, command by command. */
export function expectedOf(
  pkg: DescribedPackage,
  commands: readonly DescribedCommand[],
): readonly Expected[] {
  let objects: ReadonlyMap<string, string> = new Map();
  let parameters = Object.fromEntries(pkg.parameters.map((p) => [p.name, p.default]));
  let deployed = false;
  let complete = parameters;
  let failed: (typeof parameters)[] = [];
  return commands.map((command) => {
    if (command.kind === "uninstall") {
      const cleanup = pkg.plans.filter(({ name }) => name === "cleanup");
      const run = outcome(pkg, cleanup, parameters, objects);
      if (run.exit === 1) return run;
      objects = new Map();
      return { ...run, objects };
    }
    parameters = { ...parameters, ...command.values };
    const changed = pkg.parameters
      .map(({ name }) => name)
      .filter((name) => [complete, ...failed].some((b) => b[name] !== parameters[name]));
    const triggered = triggeredPlans(pkg, changed);
    const names = deployed
      ? triggered
      : command.kind === "install"
        ? ["deploy"]
        : ["deploy", ...triggeredSince(pkg, failed, parameters)];
    // A run of several plans does deploy first until it is complete, the others in the order of the package.
    const plans = [...new Set(names)].flatMap((name) => pkg.plans.filter((p) => p.name === name));
    const run = outcome(pkg, plans, parameters, objects);
    if (run.exit === 0) {
      if (plans.length > 0) [deployed, complete, failed] = [true, parameters, []];
      objects = run.objects ?? objects;
    } else failed = [...failed, parameters];
    return run;
  });
}

/** The plans that changes trigger: their own, else update, else deploy; in the order of the package. */
function triggeredPlans(pkg: DescribedPackage, changed: readonly string[]): readonly string[] {
  const names = pkg.plans.map(({ name }) => name);
  const fallback = names.includes("update") ? "update" : "deploy";
  const triggers = changed.map(
    (name) => pkg.parameters.find((p) => p.name === name)?.trigger ?? fallback,
  );
  return names.filter((name) => triggers.includes(name));
}

/** While deploy was never complete: what was changed since the attempt before. */
function triggeredSince(
  pkg: DescribedPackage,
  failed: readonly Readonly<Record<string, Value>>[],
  now: Readonly<Record<string, Value>>,
): readonly string[] {
  const before = failed.at(-1) ?? now;
  return triggeredPlans(
    pkg,
    Object.keys(now).filter((name) => before[name] !== now[name]),
  );
}

function outcome(
  pkg: DescribedPackage,
  plans: readonly DescribedPlan[],
  parameters: Readonly<Record<string, Value>>,
  before: ReadonlyMap<string, string>,
): Expected {
  const steps = plans.flatMap((plan) => stepsOf(plan));
  const fails = (key: string): boolean =>
    steps.some(
      (s) =>
        s.key === key &&
        holds(s.step.when, parameters) &&
        tasksOf(pkg, s.step).some(
          (t) =>
            t.kind === "Dummy" &&
            t.fails &&
            holds(t.when, parameters) &&
            parameters.BROKEN === true,
        ),
    );
  const failing = steps.map(({ key }) => key).filter(fails);
  const order = orderOf(plans);
  const untouched = steps.map((s) => s.key).filter((key) => failing.some((f) => order(f, key)));
  // Beside a failure, what runs at the same time may be complete or not; what came before the only one is.
  const first = failing.filter((key) => !untouched.includes(key));
  const isComplete = (key: string): boolean =>
    failing.length === 0 || (first.length === 1 && order(key, first[0] ?? ""));
  const skipped = steps.filter((s) => !holds(s.step.when, parameters)).map((s) => s.key);
  const objects = new Map(before);
  for (const { step } of steps) {
    if (!holds(step.when, parameters)) continue;
    for (const task of tasksOf(pkg, step)) {
      if (!("objects" in task) || !holds(task.when, parameters)) continue;
      for (const name of task.objects)
        if (task.kind === "Delete") objects.delete(name);
        else objects.set(name, shown(pkg, name, parameters));
    }
  }
  return {
    exit: failing.length === 0 ? 0 : 1,
    plans: plans.map(({ name }) => name),
    parameters,
    objects: failing.length === 0 ? objects : undefined,
    complete: new Set(steps.map((s) => s.key).filter(isComplete)),
    untouched: new Set(untouched),
    skipped: new Set(skipped),
  };
}

/** Whether one step (`plan.phase.step`) is over before another may begin. */
export function orderOf(plans: readonly DescribedPlan[]): (a: string, b: string) => boolean {
  const places = new Map(
    plans.flatMap((plan, n) => stepsOf(plan).map((s) => [s.key, { ...s, n }])),
  );
  return (a, b) => {
    const [one, two] = [places.get(a), places.get(b)];
    if (one === undefined || two === undefined || a === b) return false;
    if (one.n !== two.n) return one.n < two.n;
    if (one.phase !== two.phase) return one.plan.strategy === "serial" && one.phase < two.phase;
    return one.plan.phases[one.phase]?.strategy === "serial" && one.at < two.at;
  };
}

/** The steps of a plan with their places. */
export function stepsOf(plan: DescribedPlan): readonly {
  readonly key: string;
  readonly plan: DescribedPlan;
  readonly phase: number;
  readonly at: number;
  readonly step: DescribedStep;
}[] {
  return plan.phases.flatMap((phase, p) =>
    phase.steps.map((step, at) => ({
      key: `${plan.name}.${phase.name}.${step.name}`,
      plan,
      phase: p,
      at,
      step,
    })),
  );
}

/** The tasks of a step. */
export function tasksOf(pkg: DescribedPackage, step: DescribedStep): readonly DescribedTask[] {
  return step.tasks.flatMap((name) => pkg.tasks.filter((task) => task.name === name));
}

/** Whether a condition is true; what has none always is. */
export function holds(
  when: Condition | undefined,
  parameters: Readonly<Record<string, Value>>,
): boolean {
  return when === undefined || parameters[when.parameter] === when.is;
}

/** What an object shows that is applied with these values. */
export function shown(
  pkg: DescribedPackage,
  name: string,
  parameters: Readonly<Record<string, Value>>,
): string {
  const { shows = [], fact } = pkg.objects[name] ?? {};
  const values = shows.map((parameter) => `${parameter}=${parameters[parameter]}`);
  const said = pkg.tasks.find((task) => task.name === fact);
  return [...values, ...(said?.kind === "Exec" ? [`${fact}=${said.said}`] : [])].join(" ");
}
