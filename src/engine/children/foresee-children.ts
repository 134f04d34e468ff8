import type { Cluster } from "../../model/cluster.ts";
import { hasErrors, type Issue } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { refOf } from "../../model/kube-object.ts";
import {
  type PlannedObject,
  type PreviewProblem,
  pathText,
  type RunInputs,
} from "../../model/run.ts";
import { foreseeTasks } from "../preview/foresee-tasks.ts";
import { type PlannedInstance, tasksToDo } from "../preview/plan-writes.ts";
import { appliedInstance, deletedInstance } from "./applied-instance.ts";
import type { Children, ForeseenChild, WantedChild } from "./children.ts";
import { wantedChild } from "./wanted-child.ts";

/** What becomes of the instances of other packages in a run. */
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
  const add = (path: PlannedObject["path"], child: ForeseenChild): void => {
    objects.push(...child.objects.map((object) => ({ ...object, path })));
    problems.push(...child.problems.map((problem) => ({ ...problem, path })));
  };
  const driver = (): Children => {
    if (children === undefined) throw new Error("nobody drives the instances of other packages");
    return children;
  };
  const foreseeWanted = async (path: PlannedObject["path"], make: () => WantedChild) => {
    const wanted = collecting(issues, make);
    if (wanted !== undefined) add(path, await driver().foresee(wanted));
  };
  for (const { path, task } of tasks)
    if (task.kind === "KudoOperator") await foreseeWanted(path, () => wantedChild(task, inputs));
  for (const { path, object, act, after } of instances) {
    if (after !== undefined && after.act !== act) {
      const did = after.act === "apply" ? "applies" : "deletes";
      const why = `${pathText(after.path)} ${did} it before`;
      objects.push({ path, ref: refOf(object), change: "later", why });
    } else if (act === "apply") await foreseeWanted(path, () => appliedInstance(object, inputs));
    else {
      const unwanted = deletedInstance(object, path.plan, inputs);
      add(path, await driver().foreseeRemoval(unwanted));
    }
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
