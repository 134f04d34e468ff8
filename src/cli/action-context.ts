import type { ActionContext } from "../actions/context.ts";
import type { RunEvent } from "../model/event.ts";
import type { CliDeps, Session } from "./deps.ts";
import { apiUpgrade, lostNodes, pipeImage, runLimits } from "./run-options.ts";
import { packageFinderOf } from "./source-options.ts";

/** What an action is given, from an open cluster and the options of the command. */
export async function actionContext(
  session: Session,
  deps: CliDeps,
  request: {
    readonly options: Record<string, unknown>;
    /** Shown to others who find the instance busy; secret values masked. */
    readonly command: readonly string[];
    readonly show?: (event: RunEvent) => void;
    readonly stop?: AbortSignal;
  },
): Promise<ActionContext> {
  return {
    cluster: session.cluster,
    namespace: session.namespace,
    clock: deps.clock,
    emit: (body) => {
      const event = { at: deps.clock.now().toISOString(), ...body } as RunEvent;
      deps.onEvent?.(event);
      request.show?.(event);
    },
    stop: request.stop ?? new AbortController().signal,
    identity: {
      ...(await deps.identity(request.command)),
      ...(session.user !== undefined && { user: session.user }),
    },
    limits: runLimits(request.options),
    forceConflicts: request.options.forceConflicts === true,
    lostNodes: lostNodes(request.options),
    ...apiUpgrade(request.options),
    ...pipeImage(request.options),
    takeOver: request.options.takeOver === true,
    meter: request.options.meter === true,
    version: deps.version,
    find: packageFinderOf(request.options, deps),
    ...(deps.packages && { packages: deps.packages }),
    ...(deps.processes && { processes: deps.processes }),
  };
}
