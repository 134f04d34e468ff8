import type { KubeObject } from "../../model/kube-object.ts";
import type { FieldProblem } from "../http/api-error.ts";
import type { KindRules, RuleContext } from "../kinds/kind-rules.ts";
import {
  type Draft,
  invalidValue,
  mapAt,
  mapsOf,
  problem,
  required,
  unsupported,
  valueAt,
} from "./rule.ts";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

/** Services; addresses (10.96.0.0/16) and node ports (30000-32767) are given out here. */
export const serviceRules: KindRules = {
  defaults: (draft) => {
    const spec = mapAt(draft, "spec");
    spec.type ??= "ClusterIP";
    spec.sessionAffinity ??= "None";
    for (const port of mapsOf(spec.ports)) {
      port.protocol ??= "TCP";
      if (port.targetPort === undefined || port.targetPort === "") port.targetPort = port.port;
    }
    if (spec.type === "ExternalName") return;
    spec.internalTrafficPolicy ??= "Cluster";
    if (spec.type === "ClusterIP") return;
    spec.externalTrafficPolicy ??= "Cluster";
    if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true;
  },
  beforeCreate: (draft, context) => {
    draft.status = { loadBalancer: {} };
    allocate(mapAt(draft, "spec"), undefined, context);
  },
  beforeUpdate: (draft, before, context) =>
    allocate(mapAt(draft, "spec"), before.spec as Draft, context),
  check: ({ spec }) => checkSpec(spec as Draft),
  checkUpdate: ({ spec }, before) => {
    const [now, was] = [valueAt(spec, "clusterIP"), valueAt(before.spec, "clusterIP")];
    if (valueAt(before.spec, "type") === "ExternalName" || !was || now === was) return [];
    return valueAt(spec, "type") === "ExternalName"
      ? []
      : [
          invalidValue(
            "spec.clusterIPs[0]",
            now === undefined ? null : [now],
            "primary clusterIP can not be unset or changed; field is immutable",
          ),
        ];
  },
};

/** Gives a service its address and node ports; an update keeps those it has. */
function allocate(spec: Draft, before: Draft | undefined, { store }: RuleContext): void {
  if (spec.type === "ExternalName") return;
  const services = store.list("/services").filter((each) => each.spec !== before);
  if (!spec.clusterIP) {
    const given = before?.clusterIP;
    spec.clusterIP = given || freeAddress(services);
  }
  if (!Array.isArray(spec.clusterIPs) || spec.clusterIPs[0] !== spec.clusterIP)
    spec.clusterIPs = [spec.clusterIP];
  spec.ipFamilies ??= ["IPv4"];
  spec.ipFamilyPolicy ??= "SingleStack";
  if (spec.type === "ClusterIP") return;
  const taken = new Set(
    services.flatMap((each) => mapsOf(valueAt(each.spec, "ports"))).map((port) => port.nodePort),
  );
  for (const port of mapsOf(spec.ports)) {
    if (port.nodePort) continue;
    const old = mapsOf(before?.ports).find(
      (each) => each.port === port.port && each.protocol === port.protocol,
    );
    let next = Number(old?.nodePort ?? 30000);
    while (!old && taken.has(next)) next++;
    port.nodePort = next;
    taken.add(next);
  }
}

function freeAddress(services: readonly KubeObject[]): string {
  const taken = new Set(services.map((each) => valueAt(each.spec, "clusterIP")));
  for (let n = 10; ; n++) {
    const address = `10.96.${n >> 8}.${n & 255}`;
    if (!taken.has(address)) return address;
  }
}

function checkSpec(spec: Draft): FieldProblem[] {
  const found: FieldProblem[] = [];
  const ports = mapsOf(spec.ports);
  if (ports.length === 0 && spec.type !== "ExternalName" && spec.clusterIP !== "None")
    found.push(required("spec.ports"));
  if (!TYPES.includes(String(spec.type))) found.push(unsupported("spec.type", spec.type, TYPES));
  if (spec.type === "ExternalName" && !spec.externalName) found.push(required("spec.externalName"));
  const names = new Set<unknown>();
  ports.forEach((port, index) => {
    const at = `spec.ports[${index}]`;
    if (ports.length > 1 && !port.name) found.push(required(`${at}.name`));
    if (port.name && names.has(port.name))
      found.push(
        problem(
          `${at}.name`,
          "FieldValueDuplicate",
          `Duplicate value: ${JSON.stringify(port.name)}`,
        ),
      );
    names.add(port.name);
    if (Number(port.port) < 1 || Number(port.port) > 65535)
      found.push(
        invalidValue(`${at}.port`, port.port ?? 0, "must be between 1 and 65535, inclusive"),
      );
  });
  const address = String(spec.clusterIP ?? "None");
  if (spec.type !== "ExternalName" && address !== "None" && !/^\d+\.\d+\.\d+\.\d+$/.test(address))
    found.push(
      invalidValue(
        "spec.clusterIPs[0]",
        address,
        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
      ),
    );
  return found;
}
