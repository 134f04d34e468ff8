import type { ControllerApi } from "../controller-api.ts";
import { claimController } from "./claims.ts";
import { daemonSetController } from "./daemon-set.ts";
import { deploymentController } from "./deployment.ts";
import { disruptionBudgetController } from "./disruption-budget.ts";
import { endpointsController } from "./endpoints.ts";
import { jobController } from "./job.ts";
import { startKubelet } from "./kubelet.ts";
import { loadBalancerController } from "./load-balancer.ts";
import { provideNodes } from "./nodes.ts";
import { POD_TIMINGS, type PodTimings } from "./pod-timeline.ts";
import { type Controller, runController } from "./reconciler.ts";
import { replicaSetController } from "./replica-set.ts";
import { statefulSetController } from "./stateful-set.ts";
import { volumeController } from "./volumes.ts";

const CONTROLLERS: readonly ((api: ControllerApi) => Controller)[] = [
  deploymentController,
  replicaSetController,
  statefulSetController,
  daemonSetController,
  jobController,
  claimController,
  volumeController,
  endpointsController,
  loadBalancerController,
  disruptionBudgetController,
];

/**
 * Starts the simulated controllers, scheduler and kubelets. All that they know is in the store, so they go on after a restart
 * where they were. `timings` are those of pods at speed 1. The answer stops them.
 */
export function startControllers(
  api: ControllerApi,
  timings: PodTimings = POD_TIMINGS,
): () => void {
  provideNodes(api);
  const stops = [
    startKubelet(api, timings),
    ...CONTROLLERS.map((make) => runController(api, make(api))),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
