import { type Draft, mapAt, mapsOf } from "./rule.ts";

/** Fills in a pod spec or that of a pod template (core/v1 defaults). */
export function defaultPodSpec(spec: Draft): void {
  spec.restartPolicy ??= "Always";
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= "ClusterFirst";
  spec.securityContext ??= {};
  spec.schedulerName ??= "default-scheduler";
  if (spec.serviceAccountName) spec.serviceAccount ??= spec.serviceAccountName;
  for (const container of [...mapsOf(spec.initContainers), ...mapsOf(spec.containers)])
    defaultContainer(container);
  for (const volume of mapsOf(spec.volumes)) defaultVolume(volume);
}

function defaultContainer(container: Draft): void {
  container.terminationMessagePath ??= "/dev/termination-log";
  container.terminationMessagePolicy ??= "File";
  if (typeof container.image === "string")
    container.imagePullPolicy ??= isLatest(container.image) ? "Always" : "IfNotPresent";
  for (const port of mapsOf(container.ports)) port.protocol ??= "TCP";
  for (const env of mapsOf(container.env)) {
    const { fieldRef } = mapIn(env, "valueFrom");
    if (fieldRef) (fieldRef as Draft).apiVersion ??= "v1";
  }
  const { requests, limits } = mapIn(container, "resources") as Record<string, Draft>;
  if (limits) {
    const filled = { ...limits, ...requests };
    mapAt(container, "resources").requests = filled;
  }
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"])
    if (container[name]) defaultProbe(container[name] as Draft);
  for (const hook of Object.values(mapIn(container, "lifecycle"))) defaultHandler(hook as Draft);
}

function defaultProbe(probe: Draft): void {
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  defaultHandler(probe);
}

function defaultHandler({ httpGet }: Draft): void {
  if (!httpGet) return;
  (httpGet as Draft).path ??= "/";
  (httpGet as Draft).scheme ??= "HTTP";
}

/** Volumes whose files have a mode. */
const WITH_MODE = ["secret", "configMap", "projected", "downwardAPI"];

function defaultVolume(volume: Draft): void {
  if (Object.keys(volume).length === 1) volume.emptyDir = {};
  for (const source of WITH_MODE)
    if (volume[source]) (volume[source] as Draft).defaultMode ??= 0o644;
  if (volume.hostPath) (volume.hostPath as Draft).type ??= "";
  for (const part of mapsOf(mapIn(volume, "projected").sources)) {
    const token = part.serviceAccountToken;
    if (token) (token as Draft).expirationSeconds ??= 3600;
  }
}

function mapIn(draft: Draft, key: string): Draft {
  return (draft[key] ?? {}) as Draft;
}

/** True for no tag, or `latest`. */
function isLatest(image: string): boolean {
  const name = image.slice(image.lastIndexOf("/") + 1);
  if (name.includes("@")) return false;
  return !name.includes(":") || name.endsWith(":latest");
}
