import { isMap } from "./json.ts";
import type { KubeObject } from "./kube-object.ts";
import { operatorVersionName } from "./names.ts";
import type { OperatorPackage } from "./package.ts";
import type { KudoOperatorTask } from "./task.ts";

/**
 * Name of the OperatorVersion that a KudoOperator task makes an instance of. Undefined for a task that names a package and not yet what was found under that name
 * (`findDependencies`).
 */
export function dependencyVersion({
  package: name,
  appVersion,
  operatorVersion,
}: Pick<KudoOperatorTask, "package" | "appVersion" | "operatorVersion">): string | undefined {
  if (!operatorVersion || name === "" || name.includes("/")) return undefined;
  const versions = { operatorVersion, ...(appVersion !== undefined && { appVersion }) };
  return operatorVersionName({ name, ...versions, maintainers: [], tasks: [], plans: [] });
}

/** Whether a package needs others. */
export function needsOthers({ operator }: Pick<OperatorPackage, "operator">): boolean {
  return operator.tasks.some(({ kind }) => kind === "KudoOperator");
}

/** The package with its KudoOperator tasks as its OperatorVersion has them: there they name what was found, in the package what was looked for. */
export function asInstalled(
  pkg: OperatorPackage,
  operatorVersion: KubeObject | undefined,
): OperatorPackage {
  const found = new Map(kudoOperatorTasks(operatorVersion).map((task) => [task.name, task]));
  const tasks = pkg.operator.tasks.map((task) => {
    const other = task.kind === "KudoOperator" ? found.get(task.name) : undefined;
    if (task.kind !== "KudoOperator" || other === undefined) return task;
    const { appVersion: _, operatorVersion: __, ...rest } = task;
    const { package: name, appVersion, operatorVersion: version } = other;
    return {
      ...rest,
      package: name,
      ...(appVersion !== undefined && { appVersion }),
      ...(version !== undefined && { operatorVersion: version }),
    };
  });
  return { ...pkg, operator: { ...pkg.operator, tasks } };
}

/** Names of the OperatorVersions that one needs, as its tasks name them. */
export function neededVersions(operatorVersion: KubeObject | undefined): readonly string[] {
  const names = kudoOperatorTasks(operatorVersion).map(dependencyVersion);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Names of all the OperatorVersions that some need, directly or not, without these themselves; each after one that needs it. */
export function allNeeded(
  versions: readonly KubeObject[],
  names: readonly string[],
): readonly string[] {
  const byName = new Map(versions.map((version) => [version.metadata.name, version]));
  const seen = new Set(names);
  for (const name of seen) for (const needed of neededVersions(byName.get(name))) seen.add(needed);
  return [...seen].slice(new Set(names).size);
}

type Named = Pick<KudoOperatorTask, "name" | "package" | "appVersion" | "operatorVersion">;

function kudoOperatorTasks(operatorVersion: KubeObject | undefined): readonly Named[] {
  const spec = operatorVersion?.spec;
  const tasks: readonly unknown[] = isMap(spec) && Array.isArray(spec.tasks) ? spec.tasks : [];
  return tasks.flatMap((task) => {
    if (!isMap(task) || task.kind !== "KudoOperator" || !isMap(task.spec)) return [];
    const { package: name, appVersion, operatorVersion: version } = task.spec;
    return [
      {
        name: String(task.name),
        package: typeof name === "string" ? name : "",
        ...(typeof appVersion === "string" && appVersion !== "" && { appVersion }),
        ...(typeof version === "string" && version !== "" && { operatorVersion: version }),
      },
    ];
  });
}
