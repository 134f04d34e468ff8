import { errorIssue, hasErrors, type Issue, type Place } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { operatorVersionName } from "../../model/names.ts";
import type { Operator, OperatorPackage } from "../../model/package.ts";
import type { KudoOperatorTask, Task } from "../../model/task.ts";
import type { LoadedPackage } from "../loaded-package.ts";
import type { ResolvePackage } from "../resolve/resolve-package.ts";

/** A package with all that it needs. */
export interface Dependencies {
  /** The package, its KudoOperator tasks naming what was found. */
  readonly pkg: OperatorPackage;
  /** Every package that it needs, directly or not, once, likewise; each after those that it needs itself. */
  readonly needed: readonly OperatorPackage[];
  /** All that is wrong: what is not found, what is wrong within it, and what needs itself. */
  readonly issues: Issue[];
}

/** Packages that one may need in all. */
const MOST = 200;

/**
 * Finds the packages that a package needs (compat section 5.2): those of its KudoOperator tasks, whatever plan runs them, and of theirs. Each task then names the operator and
 * the versions that were found, as its OperatorVersion is to. A package is known by its name and both versions; one that needs itself, directly or not, is an error whose
 * message ends with the two that close the circle. Throws what `resolve` throws, but for `bad-input` KplanErrors, which are issues.
 */
export async function findDependencies(
  pkg: OperatorPackage,
  resolve: ResolvePackage,
): Promise<Dependencies> {
  const issues: Issue[] = [];
  const found = new Map<string, OperatorPackage>();
  const digests = new Map<string, string>();
  const refuse: Refuse = (code, message, at) => void issues.push(errorIssue(code, message, at));
  const whole = await walk(pkg, []);
  return { pkg: whole, needed: [...found.values()], issues };

  /** The package with its tasks as they are to be; what it needs is in `found` by then. */
  async function walk(one: OperatorPackage, above: readonly string[]): Promise<OperatorPackage> {
    const path = [...above, identityOf(one.operator)];
    const tasks: Task[] = [];
    for (const task of one.operator.tasks)
      tasks.push(task.kind === "KudoOperator" ? await pinned(task, one, path) : task);
    return { ...one, operator: { ...one.operator, tasks } };
  }

  async function pinned(
    task: KudoOperatorTask,
    from: OperatorPackage,
    path: readonly string[],
  ): Promise<KudoOperatorTask> {
    const at = placeOf(task, from, path.length > 1);
    const child = await find(task, from, at);
    if (child === undefined) return task;
    const identity = identityOf(child.operator);
    const [parentName, childName] = [from, child].map((one) => operatorVersionName(one.operator));
    if (path.includes(identity)) {
      refuse(
        "dependency-cycle",
        `packages need each other in a circle: ${parentName} -> ${childName}`,
        at,
      );
      return task;
    }
    const before = digests.get(identity);
    if (before !== undefined && before !== child.digest)
      refuse(
        "two-contents",
        `task ${task.name} needs ${childName} of another content than another task does`,
        at,
      );
    if (before === undefined && digests.size >= MOST) {
      refuse("too-many-packages", `more than ${MOST} packages are needed`, at);
      return task;
    }
    if (before === undefined) {
      digests.set(identity, child.digest);
      found.set(identity, await walk(child, path));
    }
    return naming(task, child.operator);
  }

  async function find(
    task: KudoOperatorTask,
    from: OperatorPackage,
    at: Place,
  ): Promise<OperatorPackage | undefined> {
    if (task.package === "") {
      refuse("missing-field", `task ${task.name} names no package`, at);
      return undefined;
    }
    const loaded = await asked(task, from).catch((error: unknown) => {
      if (!(error instanceof KplanError) || error.kind !== "bad-input") throw error;
      const hint = error.hint === undefined ? "" : `; ${error.hint}`;
      refuse("no-dependency", `task ${task.name}: ${error.message}${hint}`, at);
      issues.push(...error.issues);
      return undefined;
    });
    if (loaded === undefined) return undefined;
    issues.push(...loaded.issues.map((issue) => within(task.package, issue)));
    if (loaded.pkg === undefined && !hasErrors(loaded.issues))
      refuse("no-dependency", `task ${task.name}: ${task.package} is no package`, at);
    return loaded.pkg;
  }

  async function asked(
    { package: name, appVersion, operatorVersion }: KudoOperatorTask,
    from: OperatorPackage,
  ): Promise<LoadedPackage> {
    const wanted = {
      name,
      ...(appVersion && { appVersion }),
      ...(operatorVersion && { operatorVersion }),
    };
    return await resolve(wanted, from);
  }
}

type Refuse = (code: string, message: string, at: Place) => void;

function identityOf({ name, appVersion, operatorVersion }: Operator): string {
  return JSON.stringify([name, appVersion ?? "", operatorVersion]);
}

/** The task with the operator and the versions that were found. */
function naming(
  task: KudoOperatorTask,
  { name, appVersion, operatorVersion }: Operator,
): KudoOperatorTask {
  const { appVersion: _, operatorVersion: __, ...rest } = task;
  return { ...rest, package: name, ...(appVersion && { appVersion }), operatorVersion };
}

/** Where the task stands; of a package that another needs, with that one's name. */
function placeOf(
  task: KudoOperatorTask,
  { placeOf: place, operator, source }: OperatorPackage,
  nested: boolean,
): Place {
  const at = place("operator.yaml", ["tasks", operator.tasks.indexOf(task)]);
  return nested ? { ...at, file: `${source}/${at.file}` } : at;
}

/** A problem of a package that is needed, with that one's name. */
function within(name: string, issue: Issue): Issue {
  if (issue.at === undefined) return { ...issue, message: `${name}: ${issue.message}` };
  return { ...issue, at: { ...issue.at, file: `${name.replace(/\/$/, "")}/${issue.at.file}` } };
}
