import type { Cluster } from "../../model/cluster.ts";
import { hasErrors, type Issue } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { PlannedObject, PreviewProblem, RunInputs } from "../../model/run.ts";
import { foreseeTasks } from "../preview/foresee-tasks.ts";
import { type PlannedInstance, tasksToDo } from "../preview/plan-writes.ts";
import { appliedInstance } from "./applied-instance.ts";
import type { Children, WantedChild } from "./children.ts";
import { wantedChild } from "./wanted-child.ts";

/** What the KudoOperator tasks of a run would do. */
export interface ForeseenChildren {
  readonly objects: readonly PlannedObject[];
  readonly problems: readonly PreviewProblem[];
}

/**
 * What becomes of the instances of other packages that a run wants, as far as names and parameters tell: what they make is checked when their own runs begin, since one may
 * need what another has made. Throws a `bad-input` KplanError with the problems of all files of parameters, ClusterError when the cluster cannot be asked.
 */
export async function foreseeChildren(
  inputs: RunInputs,
  { children, cluster }: { readonly children?: Children; readonly cluster: Cluster },
  instances: readonly PlannedInstance[] = [],
): Promise<ForeseenChildren> {
  const issues: Issue[] = [];
  const objects: PlannedObject[] = [];
  const problems: PreviewProblem[] = [];
  if (inputs.only !== undefined) return { objects, problems };
  const { tasks } = foreseeTasks(inputs, tasksToDo(inputs), cluster.simulated);
  const all = [
    ...tasks.flatMap(({ path, task }) =>
      task.kind === "KudoOperator" ? [{ path, make: () => wantedChild(task, inputs) }] : [],
    ),
    ...instances.map(({ path, object }) => ({
      path,
      make: () => appliedInstance(object, inputs),
    })),
  ];
  for (const { path, make } of all) {
    const wanted = collecting(issues, make);
    if (wanted === undefined) continue;
    if (children === undefined) throw new Error("nobody drives the instances of other packages");
    const child = await children.foresee(wanted);
    objects.push(...child.objects.map((object) => ({ ...object, path })));
    problems.push(...child.problems.map((problem) => ({ ...problem, path })));
  }
  if (hasErrors(issues))
    throw new KplanError("bad-input", "the files of parameters do not render", {
      kind: "bad-input",
      issues,
    });
  return { objects, problems };
}

/** Undefined where it throws something with issues, which are added once. */
function collecting(issues: Issue[], make: () => WantedChild): WantedChild | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof KplanError) || error.issues.length === 0) throw error;
    const known = new Set(issues.map((issue) => JSON.stringify(issue)));
    issues.push(...error.issues.filter((issue) => !known.has(JSON.stringify(issue))));
    return undefined;
  }
}
