import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import type { Controller } from "./reconciler.ts";
import { statusOf } from "./shapes.ts";

/**
 * Gives each Service of type LoadBalancer an address from the range that is kept for examples (RFC 5737). One that names a class is left to whoever
 * implements that class, as every cloud does.
 */
export function loadBalancerController(api: ControllerApi): Controller {
  return { kind: "Service", reconcile: (service) => reconcile(api, service) };
}

/** Status of a Service. */
interface ServiceStatus {
  readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] };
}

function reconcile(api: ControllerApi, service: KubeObject): void {
  const spec = service.spec as { type?: string; loadBalancerClass?: string };
  if (spec.type !== "LoadBalancer" || spec.loadBalancerClass !== undefined) return;
  if (service.metadata.deletionTimestamp !== undefined || addressOf(service)) return;
  const taken = new Set(api.list("Service").map(addressOf));
  for (let n = 1; n < 255; n++) {
    const ip = `192.0.2.${n}`;
    if (taken.has(ip)) continue;
    api.updateStatus({ ...service, status: { loadBalancer: { ingress: [{ ip }] } } });
    return;
  }
}

function addressOf(service: KubeObject): string | undefined {
  return statusOf<ServiceStatus>(service).loadBalancer?.ingress?.[0]?.ip;
}
