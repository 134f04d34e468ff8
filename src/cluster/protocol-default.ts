import { isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** Where the ports of a kind are; every pod template of the kind has containers of both sorts. */
const POD_SPEC: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};
const WITH_TEMPLATE = ["DaemonSet", "Deployment", "Job", "ReplicaSet", "StatefulSet"];
const GROUPS = /^(v1|(apps|batch)\/.*)$/;

/**
 * The object with `protocol: TCP` in each port of a Service or container that names none. The protocol is a key of these lists, and servers before 1.28
 * refuse a server-side apply without it, though they fill in the same value themselves on a create. Nothing else is touched; the argument stays as it is.
 */
export function withProtocols(object: KubeObject): KubeObject {
  if (!GROUPS.test(object.apiVersion)) return object;
  if (object.kind === "Service") return changed(object, ["spec"], fillPorts) as KubeObject;
  const path = WITH_TEMPLATE.includes(object.kind)
    ? ["spec", "template", "spec"]
    : POD_SPEC[object.kind];
  if (path === undefined) return object;
  return changed(object, path, (spec) => {
    const copy: Record<string, unknown> = { ...spec };
    for (const list of ["containers", "initContainers"])
      if (Array.isArray(copy[list]))
        copy[list] = copy[list].map((one: unknown) => (isMap(one) ? fillPorts(one) : one));
    return copy;
  }) as KubeObject;
}

function fillPorts(holder: Record<string, unknown>): Record<string, unknown> {
  const { ports } = holder;
  if (!Array.isArray(ports)) return holder;
  return {
    ...holder,
    ports: ports.map((port: unknown) =>
      isMap(port) && port.protocol === undefined ? { ...port, protocol: "TCP" } : port,
    ),
  };
}

/** A copy in which the map at a path is changed; the value itself when there is no map there. */
function changed(
  value: Record<string, unknown>,
  path: readonly string[],
  change: (map: Record<string, unknown>) => Record<string, unknown>,
): Record<string, unknown> {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const below = value[key];
  return isMap(below) ? { ...value, [key]: changed(below, rest, change) } : value;
}
