import type { KubeObject } from "../../model/kube-object.ts";
import type { ExecTask } from "../../model/task.ts";
import { renderText } from "../objects/render-text.ts";
import { callOptions, type TaskContext } from "../run-context.ts";
import { TaskFailure } from "../steps/task-stop.ts";
import { notYet, type PodToAsk, podsToAsk } from "./pods-to-ask.ts";

/** The pods that a task asks, as the server shows them now: a watch may lag behind. Throws what `podsToAsk` throws, and ClusterError. */
export async function findPods(task: ExecTask, ctx: TaskContext): Promise<readonly PodToAsk[]> {
  const container = task.container === undefined ? {} : { container: task.container };
  const { namespace } = ctx.inputs.instance;
  const kind = { apiVersion: "v1", kind: "Pod", namespace };
  if (task.pod !== undefined) {
    const name = text(task.pod, task, ctx);
    const pod = await ctx.cluster.get({ ...kind, name }, callOptions(ctx));
    return named(name, pod === undefined ? [] : [pod], container);
  }
  const labelSelector = text(task.pods ?? "", task, ctx);
  const { items } = await ctx.cluster.list({ ...kind, labelSelector }, callOptions(ctx));
  const which = task.forEach === undefined ? "first-ready" : WHICH[task.forEach];
  return podsToAsk(items, { which, what: `pods with ${labelSelector}`, ...container });
}

const WHICH = { pod: "every", "running-pod": "running" } as const;

/** A pod that was named is asked whether it is ready or not. */
function named(
  name: string,
  found: readonly KubeObject[],
  container: { readonly container?: string },
): readonly PodToAsk[] {
  const pods = podsToAsk(found, { which: "every", what: `Pod ${name}`, ...container });
  if (pods.length > 0) return pods;
  const why = found.length === 0 ? "it does not exist" : "it is on its way out";
  throw notYet(`Pod ${name} cannot be asked: ${why}`);
}

/** Without letters it would be a selector of every pod in the namespace. */
function text(template: string, { name }: ExecTask, { inputs, path }: TaskContext): string {
  const what = `the pods of task ${name}`;
  const found = renderText(template, what, inputs, path).trim();
  if (found !== "") return found;
  throw new TaskFailure(`${what} are not named: \`${template}\` renders to nothing`);
}
