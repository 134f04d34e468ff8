import { refKey } from "../../model/kube-object.ts";
import {
  type PlannedObject,
  type Preview,
  type PreviewProblem,
  pathText,
  type RunInputs,
} from "../../model/run.ts";
import { foreseeChildren } from "../children/foresee-children.ts";
import type { PreviewDeps } from "../engine-deps.ts";
import { lenientCluster } from "../objects/lenient-cluster.ts";
import { refuseLivingNodes } from "../objects/lost-nodes.ts";
import { unmatchedRollouts } from "../rollout/unmatched-rollouts.ts";
import { createLimit } from "../run-context.ts";
import { checkWrites } from "./check-writes.ts";
import { type PlannedWrites, planWrites, tasksToDo } from "./plan-writes.ts";
import { unmetPlans } from "./unmet-plans.ts";

export type { PreviewDeps } from "../engine-deps.ts";

/**
 * What a run would do, and every reason it would be refused for (design section 5): a dry run of each object's first write.
 * Writes nothing. Throws ClusterError when the cluster cannot be asked, a `bad-input` KplanError when templates do not render.
 */
export async function previewRun(inputs: RunInputs, deps: PreviewDeps): Promise<Preview> {
  const { preview } = await planAndCheck(inputs, deps, () => undefined);
  return preview;
}

/** The same, with what was planned. `planned` hears how many objects there are, before the server is asked about them. */
export async function planAndCheck(
  inputs: RunInputs,
  deps: PreviewDeps,
  planned: (objects: number) => void,
): Promise<{ readonly preview: Preview; readonly plan: PlannedWrites }> {
  const requests = createLimit(deps.limits.concurrency);
  const left = new Set<string>();
  const cluster = lenientCluster(deps.cluster, inputs.pkg, (message) => left.add(message));
  const options = deps.signal === undefined ? {} : { options: { signal: deps.signal } };
  const lookup = { cluster: deps.cluster, requests, ...options };
  await refuseLivingNodes(inputs.lostNodes ?? [], deps.cluster, options.options ?? {});
  const plan = await planWrites(inputs, tasksToDo(inputs), lookup);
  const children = await foreseeChildren(inputs, deps, plan.instances);
  planned(plan.writes.length);
  const made = new Set(inputs.inventory.map(({ ref }) => refKey(ref)));
  const [checked, rights] = await Promise.all([
    checkWrites(plan.writes, made, { ...deps, cluster, requests }),
    plan.runsCommands ? execRights(inputs, deps) : [],
  ]);
  const refusals = unmetPlans(inputs, deps.cluster.simulated, deps.warn);
  const unmatched = unmatchedRollouts(inputs, plan);
  const found = [...plan.problems, ...children.problems];
  const problems = [...refusals, ...found, ...unmatched, ...rights, ...checked.problems];
  const objects = [...checked.objects, ...plan.unknown, ...children.objects];
  const notes = [...plan.notes, ...left];
  return {
    preview: {
      objects: inOrder(objects, inputs),
      ...(notes.length > 0 && { notes }),
      problems,
    },
    plan,
  };
}

/** What is not known yet stands where it will be written. */
function inOrder(objects: readonly PlannedObject[], inputs: RunInputs): PlannedObject[] {
  const places = new Map(tasksToDo(inputs).map((path, index) => [pathText(path), index]));
  const place = ({ path }: PlannedObject): number => places.get(pathText(path)) ?? 0;
  return [...objects].sort((a, b) => place(a) - place(b));
}

/** Whether commands may be run in pods, for a run that will. */
async function execRights(
  { instance, plans }: RunInputs,
  { cluster }: PreviewDeps,
): Promise<PreviewProblem[]> {
  const { namespace } = instance;
  const pods = { apiVersion: "v1", kind: "Pod", namespace, subresource: "exec" };
  // Over a WebSocket a command is a GET.
  if (await cluster.mayI("get", pods).catch(() => true)) return [];
  return [
    {
      path: { plan: plans[0]?.name ?? "" },
      message: `the user may not run commands in pods in namespace ${namespace}`,
      hint: "a role with the verbs get and create on pods/exec is missing, see docs/rbac.md",
    },
  ];
}
