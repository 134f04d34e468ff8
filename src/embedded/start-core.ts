import { setMaxListeners } from "node:events";
import type { Clock } from "../model/clock.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { RandomSource } from "../model/random.ts";
import type { PodRule, Simulation } from "../model/simulation.ts";
import type { ControllerApi, StartControllers } from "./controller-api.ts";
import { startQuotas } from "./controllers/quotas.ts";
import type { Journal } from "./daemon/journal.ts";
import { createKindRegistry } from "./kinds/kind-registry.ts";
import { startDefinitionLifecycle } from "./lifecycle/definition-lifecycle.ts";
import { startGarbageCollector } from "./lifecycle/garbage-collector.ts";
import { startNamespaceLifecycle } from "./lifecycle/namespace-lifecycle.ts";
import { createObject } from "./objects/create-object.ts";
import { DEFAULT_OBJECTS } from "./objects/default-objects.ts";
import { controllerApi } from "./objects/object-access.ts";
import type { ServerState } from "./server-state.ts";
import { createStore, type StoreSnapshot } from "./store.ts";

/** What a server is made of, whoever brings it its requests. */
export interface CoreOptions {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** PEM of the certificate that namespaces get. */
  readonly caCert: string;
  readonly journal?: Journal;
  /** Begin with this instead of an empty cluster. */
  readonly snapshot?: StoreSnapshot;
  /** How much faster than in life controllers act; 1 when absent. */
  readonly speed?: number;
  /** Whether controllers act at all; true when absent. */
  readonly controllers?: boolean;
  readonly historyLength?: number;
  readonly simulation?: Simulation;
  /** How pods live. */
  readonly pods?: readonly PodRule[];
  /** Kubernetes version that it claims, such as 1.20. */
  readonly kubeVersion?: string;
  readonly onFailure?: (error: unknown) => void;
}

/** The inside of a running server. */
export interface ServerCore {
  readonly state: ServerState;
  /** The access that controllers have. */
  readonly api: ControllerApi;
  /** Calls off what controllers have planned. */
  end(): void;
  /** Stops the controllers and closes the store. */
  close(): Promise<void>;
}

/** Brings a server's store, kinds and controllers to life. */
export async function startCore(options: CoreOptions): Promise<ServerCore> {
  const { clock, random, journal, snapshot, simulation, speed = 1, controllers = true } = options;
  const store = createStore({
    ...(journal && { journal }),
    ...(snapshot && { snapshot }),
    ...(options.historyLength && { historyLength: options.historyLength }),
    ...(options.onFailure && { onFailure: options.onFailure }),
  });
  const kinds = createKindRegistry();
  const state: ServerState = {
    ...{ store, kinds, clock, random },
    ...(simulation && { simulation }),
    ...(options.pods && { pods: options.pods }),
    ...(options.kubeVersion && { kubeVersion: options.kubeVersion }),
  };
  const ended = new AbortController();
  // Every timer of a controller listens to it.
  setMaxListeners(0, ended.signal);
  const api = controllerApi(state, speed, ended.signal);
  const stops = [
    startDefinitionLifecycle(state),
    startNamespaceLifecycle(state, options.caCert),
    startGarbageCollector(state),
    startQuotas(state),
  ];
  seed(state);
  if (controllers) {
    const start = await loadControllers();
    stops.push(start(api));
  }
  await store.durable();
  return {
    state,
    api,
    end: () => ended.abort(),
    close: async () => {
      ended.abort();
      for (const stop of stops) stop();
      await store.close();
    },
  };
}

async function loadControllers(): Promise<StartControllers> {
  const { startControllers } = await import("./controllers/start-controllers.ts");
  return startControllers;
}

/** What a cluster has from the start. */
function seed(state: ServerState): void {
  if (state.store.version > 1) return;
  for (const object of DEFAULT_OBJECTS) create(state, object);
  state.store.compact(state.store.version);
}

function create(state: ServerState, object: KubeObject): void {
  const group = object.apiVersion.includes("/") ? (object.apiVersion.split("/")[0] ?? "") : "";
  const kind = state.kinds.byKind(group, object.kind);
  if (!kind) throw new Error(`no such kind: ${object.kind}`);
  const { namespace = "" } = object.metadata;
  createObject(state, kind, namespace, structuredClone(object), { manager: "kube-apiserver" });
}
