import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { labelSelectorTest } from "../objects/selector.ts";
import { withCondition } from "./conditions.ts";
import { controllerOf } from "./owner.ts";
import { isActive, isReady } from "./pod-state.ts";
import type { Controller } from "./reconciler.ts";
import { portion } from "./rolling-sizes.ts";
import { type Condition, specOf, statusOf } from "./shapes.ts";
import { timestamp } from "./timestamp.ts";
import { neighbours } from "./wakes.ts";

/** Spec of a PodDisruptionBudget. */
interface BudgetSpec {
  readonly selector?: unknown;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}

/** Counts the pods that each budget guards. */
export function disruptionBudgetController(api: ControllerApi): Controller {
  const kind = "PodDisruptionBudget";
  return {
    kind,
    reconcile: (budget) => reconcile(api, budget),
    wakes: {
      Pod: neighbours(api, kind),
      StatefulSet: neighbours(api, kind),
      ReplicaSet: neighbours(api, kind),
    },
  };
}

function reconcile(api: ControllerApi, budget: KubeObject): void {
  if (budget.metadata.deletionTimestamp !== undefined) return;
  const { selector, minAvailable, maxUnavailable } = budget.spec as BudgetSpec;
  const { namespace = "", generation } = budget.metadata;
  const selects = labelSelectorTest(selector);
  const pods = api
    .list("Pod", { namespace })
    .filter((pod) => isActive(pod) && selects(pod.metadata.labels ?? {}));
  const expectedPods =
    typeof minAvailable === "number" ? pods.length : expected(api, namespace, pods);
  const desiredHealthy =
    maxUnavailable === undefined
      ? portion(minAvailable ?? 1, expectedPods, Math.ceil)
      : Math.max(0, expectedPods - portion(maxUnavailable, expectedPods, Math.ceil));
  const currentHealthy = pods.filter(isReady).length;
  const disruptionsAllowed = pods.length === 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const { conditions } = statusOf<{ conditions?: readonly Condition[] }>(budget);
  api.updateStatus({
    ...budget,
    status: {
      observedGeneration: generation,
      expectedPods,
      desiredHealthy,
      currentHealthy,
      disruptionsAllowed,
      conditions: withCondition(
        conditions,
        disruptionsAllowed > 0
          ? { type: "DisruptionAllowed", status: "True", reason: "SufficientPods", message: "" }
          : { type: "DisruptionAllowed", status: "False", reason: "InsufficientPods", message: "" },
        timestamp(api),
      ),
    },
  });
}

/** How many pods the controllers of these pods want in all. */
function expected(api: ControllerApi, namespace: string, pods: readonly KubeObject[]): number {
  const controllers = new Map<string, number>();
  let bare = 0;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const found = owner && api.get(owner.kind, owner.name, namespace);
    if (found === undefined) bare++;
    else controllers.set(found.metadata.uid ?? "", specOf(found).replicas ?? 1);
  }
  return bare + [...controllers.values()].reduce((sum, each) => sum + each, 0);
}
