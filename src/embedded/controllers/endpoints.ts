import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { labelSelectorTest } from "../objects/selector.ts";
import { controllerRef } from "./owner.ts";
import { isOver, isReady, isTerminating } from "./pod-state.ts";
import type { Controller } from "./reconciler.ts";
import { podSpecOf, podStatusOf } from "./shapes.ts";
import { neighbours } from "./wakes.ts";

/** Spec of a Service, as far as it is acted out. */
interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly publishNotReadyAddresses?: boolean;
  readonly ports?: readonly ServicePort[];
}

interface ServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

/** A pod behind a Service. */
interface Backend {
  readonly pod: KubeObject;
  readonly ready: boolean;
  readonly ports: readonly EndpointPort[];
}

interface EndpointPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
}

/** Keeps the Endpoints and the EndpointSlice of each Service that selects pods. */
export function endpointsController(api: ControllerApi): Controller {
  return {
    kind: "Service",
    reconcile: (service) => reconcile(api, service),
    gone: ({ metadata }) => {
      const { name, namespace = "" } = metadata;
      api.delete("Endpoints", name, { namespace });
    },
    wakes: { Pod: neighbours(api, "Service") },
  };
}

function reconcile(api: ControllerApi, service: KubeObject): void {
  const { type, selector } = service.spec as ServiceSpec;
  if (service.metadata.deletionTimestamp !== undefined || type === "ExternalName") return;
  if (selector === undefined || Object.keys(selector).length === 0) return;
  const backends = backendsOf(api, service);
  store(api, endpointsOf(service, backends), (old, next) => ({ ...old, ...next }));
  store(api, sliceOf(service, backends), (old, next) => ({ ...old, ...next }));
}

function backendsOf(api: ControllerApi, service: KubeObject): Backend[] {
  const { selector, publishNotReadyAddresses: all = false } = service.spec as ServiceSpec;
  const { namespace = "" } = service.metadata;
  const selects = labelSelectorTest({ matchLabels: selector });
  return api
    .list("Pod", { namespace })
    .filter(({ metadata }) => selects(metadata.labels ?? {}))
    .filter((pod) => podStatusOf(pod).podIP !== undefined && !isOver(pod))
    .filter((pod) => all || !isTerminating(pod))
    .map((pod) => ({ pod, ready: all || isReady(pod), ports: portsOf(service, pod) }));
}

/** The Service's ports as they are on a pod; a named target that the pod does not have is left out. */
function portsOf(service: KubeObject, pod: KubeObject): EndpointPort[] {
  const { ports = [] } = service.spec as ServiceSpec;
  const own = podSpecOf(pod).containers.flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ name, protocol = "TCP", port, targetPort = port }) => {
    const found =
      typeof targetPort === "number"
        ? targetPort
        : own.find((one) => one.name === targetPort && (one.protocol ?? "TCP") === protocol)
            ?.containerPort;
    return found === undefined ? [] : [{ ...(name && { name }), port: found, protocol }];
  });
}

function endpointsOf(service: KubeObject, backends: readonly Backend[]): KubeObject {
  const { name, namespace = "", labels = {} } = service.metadata;
  const headless = (service.spec as ServiceSpec).clusterIP === "None";
  const groups = new Map<string, Backend[]>();
  for (const backend of backends) {
    const key = JSON.stringify(backend.ports);
    groups.set(key, [...(groups.get(key) ?? []), backend]);
  }
  const subsets = [...groups.values()].map((group) => {
    const of = (ready: boolean): unknown[] =>
      group.filter((one) => one.ready === ready).map(({ pod }) => addressOf(service, pod));
    const [addresses, notReadyAddresses] = [of(true), of(false)];
    const ports = group[0]?.ports ?? [];
    return {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ...(ports.length > 0 && { ports }),
    };
  });
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: {
      name,
      namespace,
      labels: { ...labels, ...(headless && { "service.kubernetes.io/headless": "" }) },
    },
    ...(subsets.length > 0 && { subsets }),
  };
}

function addressOf(service: KubeObject, pod: KubeObject): Record<string, unknown> {
  const { nodeName } = podSpecOf(pod);
  const hostname = hostnameIn(service, pod);
  return {
    ip: podStatusOf(pod).podIP,
    ...(hostname && { hostname }),
    nodeName,
    targetRef: targetOf(pod),
  };
}

/** A pod has a name of its own behind the Service that it names as its subdomain. */
function hostnameIn({ metadata }: KubeObject, pod: KubeObject): string | undefined {
  const { hostname, subdomain } = podSpecOf(pod);
  return subdomain === metadata.name ? hostname : undefined;
}

function targetOf({ metadata }: KubeObject): Record<string, unknown> {
  const { name, namespace, uid } = metadata;
  return { kind: "Pod", namespace, name, uid };
}

function sliceOf(service: KubeObject, backends: readonly Backend[]): KubeObject {
  const { name, namespace = "" } = service.metadata;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-pods`,
      namespace,
      labels: {
        "kubernetes.io/service-name": name,
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
      },
      ownerReferences: [controllerRef(service)],
    },
    addressType: "IPv4",
    endpoints: backends.map(({ pod, ready }) => {
      const hostname = hostnameIn(service, pod);
      const terminating = isTerminating(pod);
      return {
        addresses: [podStatusOf(pod).podIP],
        conditions: { ready, serving: isReady(pod), terminating },
        ...(hostname && { hostname }),
        nodeName: podSpecOf(pod).nodeName,
        targetRef: targetOf(pod),
      };
    }),
    ports: backends[0]?.ports ?? [],
  };
}

/** Creates the object, or replaces all but the metadata of the one that is there. */
function store(
  api: ControllerApi,
  next: KubeObject,
  merge: (old: KubeObject, next: KubeObject) => KubeObject,
): void {
  const { name, namespace = "", labels } = next.metadata;
  const old = api.get(next.kind, name, namespace);
  if (old === undefined) {
    api.create(next);
    return;
  }
  if (old.metadata.deletionTimestamp !== undefined) return;
  const { subsets: _, ...rest } = old;
  api.update({
    ...merge(rest as KubeObject, next),
    metadata: { ...old.metadata, ...(labels && { labels }) },
  });
}
