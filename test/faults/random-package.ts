import fc from "fast-check";
import type {
  Condition,
  DescribedCommand,
  DescribedObject,
  DescribedPackage,
  DescribedParameter,
  DescribedPlan,
  DescribedStep,
  DescribedTask,
  Strategy,
  Value,
} from "./described-package.ts";

/** A package and what somebody does with it. */
export interface RandomStory {
  readonly pkg: DescribedPackage;
  /** An install, updates, perhaps an uninstall. */
  readonly commands: readonly DescribedCommand[];
}

/** Any package that says what shall be in the end: nothing is applied and deleted at the same time. */
export const randomStory: fc.Arbitrary<RandomStory> = fc
  .record({
    parameters: fc.array(fc.record({ type: parameterType(), trigger: fc.nat(3) }), {
      minLength: 1,
      maxLength: 4,
    }),
    brokenTrigger: fc.nat(3),
    objects: fc.array(objectSeed(), { minLength: 2, maxLength: 7 }),
    tasks: fc.array(taskSeed(), { minLength: 2, maxLength: 8 }),
    plans: fc.array(planSeed(), { minLength: 1, maxLength: 3 }),
    cleanup: fc.option(planSeed(), { freq: 3 }),
    exec: fc.boolean(),
    changes: fc.array(fc.record({ which: fc.nat(), breaks: nowAndThen(), two: fc.boolean() }), {
      maxLength: 3,
    }),
    installBreaks: nowAndThen(),
    uninstalls: fc.boolean(),
  })
  .map((seed) => {
    const planNames = ["deploy", "update", "resize"].slice(0, seed.plans.length);
    const triggerOf = (n: number): string | undefined => planNames[n];
    const parameters: DescribedParameter[] = [
      ...seed.parameters.map(({ type, trigger }, n) =>
        parameter(`P${n}`, type, triggerOf(trigger)),
      ),
      parameter("BROKEN", "boolean", triggerOf(seed.brokenTrigger)),
    ];
    const shown = parameters.filter(({ name }) => name !== "BROKEN");
    const objects: Record<string, DescribedObject> = Object.fromEntries(
      seed.objects.map(({ shows, ...object }, n) => [
        `o${n}`,
        { ...object, shows: [...new Set(shows.map((s) => shown[s % shown.length]?.name ?? ""))] },
      ]),
    );
    const names = Object.keys(objects);
    let tasks: DescribedTask[] = seed.tasks.map((task, n) => taskOf(task, n, names, shown));
    let plans = [
      ...seed.plans.map((plan, n) => planOf(planNames[n] ?? "deploy", plan, tasks, shown)),
      ...(seed.cleanup ? [planOf("cleanup", seed.cleanup, tasks, shown, true)] : []),
    ];
    if (seed.exec) ({ tasks, plans } = withExec(objects, tasks, plans));
    const pkg = onlyUsed({ parameters, objects, tasks, plans });
    return { pkg, commands: commandsOf(pkg, seed) };
  });

function parameterType(): fc.Arbitrary<DescribedParameter["type"]> {
  return fc.constantFrom("integer", "string", "boolean");
}

function nowAndThen(): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 5 }).map((n) => n === 5);
}

function strategy(): fc.Arbitrary<Strategy> {
  return fc.constantFrom("serial", "parallel");
}

function parameter(
  name: string,
  type: DescribedParameter["type"],
  trigger: string | undefined,
): DescribedParameter {
  const base = { name, type, default: { integer: 1, string: "a", boolean: false }[type] };
  return trigger === undefined ? base : { ...base, trigger };
}

function objectSeed(): fc.Arbitrary<Omit<DescribedObject, "shows"> & { shows: number[] }> {
  return fc.record({
    kind: fc.constantFrom(
      "ConfigMap" as const,
      "ConfigMap" as const,
      "ServiceAccount" as const,
      "Service" as const,
      "Deployment" as const,
      "StatefulSet" as const,
      "Job" as const,
    ),
    shows: fc.array(fc.nat(), { maxLength: 3 }),
    replicas: fc.integer({ min: 0, max: 3 }),
    slow: fc.constantFrom(0, 0, 5, 40),
    claims: fc.boolean(),
  });
}

interface TaskSeed {
  readonly kind: "Apply" | "Delete" | "Dummy";
  readonly objects: readonly number[];
  readonly when: number | null;
  readonly fails: boolean;
}

function taskSeed(): fc.Arbitrary<TaskSeed> {
  return fc.record({
    kind: fc.constantFrom("Apply", "Apply", "Apply", "Apply", "Delete", "Dummy"),
    objects: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
    when: fc.option(fc.nat(), { freq: 4 }),
    fails: fc.boolean(),
  });
}

interface PlanSeed {
  readonly strategy: Strategy;
  readonly phases: readonly {
    readonly strategy: Strategy;
    readonly steps: readonly {
      readonly strategy: Strategy;
      readonly tasks: readonly number[];
      readonly when: number | null;
    }[];
  }[];
  readonly deletes: readonly number[];
}

function planSeed(): fc.Arbitrary<PlanSeed> {
  return fc.record({
    strategy: strategy(),
    phases: fc.array(
      fc.record({
        strategy: strategy(),
        steps: fc.array(
          fc.record({
            strategy: strategy(),
            tasks: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
            when: fc.option(fc.nat(), { freq: 5 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    deletes: fc.array(fc.nat(), { maxLength: 2 }),
  });
}

function taskOf(
  seed: TaskSeed,
  n: number,
  names: readonly string[],
  shown: readonly DescribedParameter[],
): DescribedTask {
  const { kind, objects, fails } = seed;
  const when = conditionOf(seed.when, shown);
  const head = { name: `t${n}`, ...(when && { when }) };
  if (kind === "Dummy") return { ...head, kind, fails };
  return { ...head, kind, objects: unique(objects.map((o) => names[o % names.length] ?? "")) };
}

function conditionOf(
  seed: number | null,
  shown: readonly DescribedParameter[],
): Condition | undefined {
  if (seed === null) return undefined;
  const parameter = shown[seed % shown.length];
  return parameter && { parameter: parameter.name, is: parameter.default };
}

/** In one plan an object is applied or deleted, never both, unless the deletion is in a last phase of its own of a serial plan. */
function planOf(
  name: string,
  seed: PlanSeed,
  tasks: readonly DescribedTask[],
  shown: readonly DescribedParameter[],
  onlyDeletes = false,
): DescribedPlan {
  const pool = onlyDeletes ? tasks.filter(({ kind }) => kind !== "Apply") : tasks;
  const applied = new Set<string>();
  const phases = seed.phases.map((phase, p) => ({
    name: `p${p}`,
    strategy: phase.strategy,
    steps: phase.steps.map((step, s): DescribedStep => {
      const picked = unique(step.tasks.map((t) => pool[t % Math.max(1, pool.length)]?.name ?? ""));
      const when = conditionOf(step.when, shown);
      return {
        name: `s${s}`,
        strategy: step.strategy,
        tasks: picked.filter((task) => task !== ""),
        ...(when && { when }),
      };
    }),
  }));
  const kinds = new Map(tasks.map((task) => [task.name, task]));
  const objectsOf = (task: string): readonly string[] => {
    const one = kinds.get(task);
    return one !== undefined && "objects" in one ? one.objects : [];
  };
  for (const { steps } of phases)
    for (const step of steps)
      for (const task of step.tasks)
        if (kinds.get(task)?.kind === "Apply")
          for (const object of objectsOf(task)) applied.add(object);
  const fits = (task: string): boolean =>
    kinds.get(task)?.kind !== "Delete" || objectsOf(task).every((object) => !applied.has(object));
  const kept = phases
    .map((phase) => ({
      ...phase,
      steps: phase.steps
        .map((step) => ({ ...step, tasks: step.tasks.filter(fits) }))
        .filter((step) => step.tasks.length > 0),
    }))
    .filter((phase) => phase.steps.length > 0);
  const deletes = tasks.filter(({ kind }) => kind === "Delete").map((task) => task.name);
  const last = unique(seed.deletes.flatMap((d) => deletes[d % Math.max(1, deletes.length)] ?? []));
  if (seed.strategy === "serial" && last.length > 0)
    kept.push({
      name: "last",
      strategy: "parallel",
      steps: [{ name: "away", strategy: "serial", tasks: last }],
    });
  return { name, strategy: seed.strategy, phases: kept };
}

/** A StatefulSet that is asked when it is there, and a ConfigMap that shows what it said; in deploy, which becomes serial. */
function withExec(
  objects: Record<string, DescribedObject>,
  tasks: readonly DescribedTask[],
  plans: readonly DescribedPlan[],
): { tasks: DescribedTask[]; plans: DescribedPlan[] } {
  objects.asked = { kind: "StatefulSet", shows: [], replicas: 1, slow: 0 };
  objects.told = { kind: "ConfigMap", shows: [], replicas: 0, slow: 0, fact: "ask" };
  const first = {
    name: "first",
    strategy: "serial" as const,
    steps: [{ name: "ask", strategy: "serial" as const, tasks: ["asked", "ask"] }],
  };
  const end = {
    name: "end",
    strategy: "serial" as const,
    steps: [{ name: "told", strategy: "serial" as const, tasks: ["told"] }],
  };
  return {
    tasks: [
      ...tasks,
      { kind: "Apply", name: "asked", objects: ["asked"] },
      { kind: "Exec", name: "ask", asks: "asked", said: "yes" },
      { kind: "Apply", name: "told", objects: ["told"] },
    ],
    plans: plans.map((plan) =>
      plan.name === "deploy"
        ? { ...plan, strategy: "serial", phases: [first, ...plan.phases, end] }
        : plan,
    ),
  };
}

/** A package may define nothing that it does not use; a plan has a step. */
function onlyUsed(pkg: DescribedPackage): DescribedPackage {
  const idle: DescribedTask = { kind: "Dummy", name: "idle", fails: false };
  const step = { name: "idle", strategy: "serial" as const, tasks: ["idle"] };
  const plans = pkg.plans.map((plan) =>
    plan.phases.length > 0
      ? plan
      : { ...plan, phases: [{ name: "idle", strategy: "serial" as const, steps: [step] }] },
  );
  const used = new Set(
    plans.flatMap((p) => p.phases.flatMap((f) => f.steps.flatMap((s) => s.tasks))),
  );
  const tasks = [...pkg.tasks, idle].filter(({ name }) => used.has(name));
  const named = new Set(tasks.flatMap((task) => ("objects" in task ? task.objects : [])));
  const objects = Object.fromEntries(
    Object.entries(pkg.objects).filter(([name]) => named.has(name)),
  );
  return { ...pkg, plans, tasks, objects };
}

/** After a command that may fail comes one that mends BROKEN and nothing else. */
function commandsOf(
  pkg: DescribedPackage,
  seed: {
    readonly changes: readonly { which: number; breaks: boolean; two: boolean }[];
    readonly installBreaks: boolean;
    readonly uninstalls: boolean;
  },
): DescribedCommand[] {
  const plain = pkg.parameters.filter(({ name }) => name !== "BROKEN");
  const now = new Map(plain.map((p) => [p.name, p.default]));
  const mend: DescribedCommand = { kind: "update", values: { BROKEN: false } };
  const commands: DescribedCommand[] = [
    { kind: "install", values: seed.installBreaks ? { BROKEN: true } : {} },
    ...(seed.installBreaks ? [mend] : []),
  ];
  for (const { which, breaks, two } of seed.changes) {
    const values: Record<string, Value> = {};
    for (const n of two ? [which, which + 1] : [which]) {
      const one = plain[n % plain.length];
      if (one === undefined) continue;
      const value = other(now.get(one.name) ?? one.default);
      now.set(one.name, value);
      values[one.name] = value;
    }
    commands.push({ kind: "update", values: breaks ? { ...values, BROKEN: true } : values });
    if (breaks) commands.push(mend);
  }
  if (seed.uninstalls) commands.push({ kind: "uninstall" });
  return commands;
}

function other(value: Value): Value {
  if (typeof value === "boolean") return !value;
  return typeof value === "number" ? value + 1 : value === "a" ? "b" : "a";
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
