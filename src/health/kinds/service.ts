import type { Health, HealthContext } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { eventsAbout } from "../events.ts";
import { at, mapsAt, textAt } from "../fields.ts";
import { eventsOf } from "../relatives.ts";
import type { HealthRule } from "../rule.ts";
import { progressing, ready } from "../verdict.ts";

/** Ready when it has its addresses; whether pods stand behind it is their own story (waiting for that can deadlock). */
export const service: HealthRule = {
  judge: judgeService,
  relatives: (object) =>
    textAt(object, "spec", "type") === "LoadBalancer" ? eventsOf(object) : [],
};

function judgeService(object: KubeObject, context: HealthContext): Health {
  const type = textAt(object, "spec", "type");
  if (type === "ExternalName") return ready();
  const clusterIp = textAt(object, "spec", "clusterIP");
  if (clusterIp === "") return progressing("waiting for a cluster IP");
  if (type !== "LoadBalancer") return ready();

  const external = at(object, "spec", "externalIPs");
  if (Array.isArray(external) && external.length > 0) return ready();
  const addresses = mapsAt(object, "status", "loadBalancer", "ingress")
    .map((one) => textAt(one, "ip") || textAt(one, "hostname"))
    .filter(Boolean);
  if (addresses.length > 0) return ready(`load balancer at ${addresses.join(", ")}`);
  const warning = eventsAbout(object, context).find((event) => event.type === "Warning");
  return progressing(
    `waiting for the load balancer's address${warning === undefined ? " (is there a load balancer in this cluster?)" : `: ${warning.message}`}`,
    warning?.reason,
  );
}
