import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { mapsOf, valueAt } from "../rules/rule.ts";
import { selectorText } from "./scale.ts";

/** One column of a Table. */
export interface Column {
  readonly name: string;
  /** `string`, `integer` or `date`. */
  readonly type?: string;
  /** Above 0: shown with `-o wide` only. */
  readonly priority?: number;
  /** The cell; `now` in milliseconds. */
  readonly cell: (object: KubeObject, now: number) => unknown;
}

/** The columns that kubectl shows for a built-in kind, between NAME and what it adds itself. */
export function columnsOf(group: string, kind: string): readonly Column[] {
  return COLUMNS[`${group}/${kind}`] ?? [AGE];
}

const AGE: Column = {
  name: "Age",
  cell: ({ metadata }, now) => ageText(metadata.creationTimestamp, now),
};

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  "/Namespace": [at("Status", "status.phase"), AGE],
  "/Pod": [
    { name: "Ready", cell: podReady },
    { name: "Status", cell: podStatus },
    { name: "Restarts", cell: podRestarts },
    AGE,
    wide(at("IP", "status.podIP", "<none>")),
    wide(at("Node", "spec.nodeName", "<none>")),
    wide(at("Nominated Node", "status.nominatedNodeName", "<none>")),
    wide({ name: "Readiness Gates", cell: () => "<none>" }),
  ],
  "/Service": [
    at("Type", "spec.type"),
    at("Cluster-IP", "spec.clusterIP", "<none>"),
    { name: "External-IP", cell: externalIp },
    { name: "Port(s)", cell: servicePorts },
    AGE,
    wide({ name: "Selector", cell: (o) => pairs(valueAt(o, "spec.selector")) }),
  ],
  "/Endpoints": [{ name: "Endpoints", cell: endpointsText }, AGE],
  "/ConfigMap": [{ name: "Data", cell: (o) => size(o.data) + size(o.binaryData) }, AGE],
  "/Secret": [at("Type", "type"), { name: "Data", cell: (o) => size(o.data) }, AGE],
  "/ServiceAccount": [{ name: "Secrets", cell: (o) => mapsOf(o.secrets).length }, AGE],
  "/PersistentVolumeClaim": [
    {
      name: "Status",
      cell: (o) => (o.metadata.deletionTimestamp ? "Terminating" : valueAt(o, "status.phase")),
    },
    at("Volume", "spec.volumeName"),
    at("Capacity", "status.capacity.storage"),
    { name: "Access Modes", cell: (o) => accessModes(valueAt(o, "status.accessModes")) },
    at("StorageClass", "spec.storageClassName"),
    at("VolumeAttributesClass", "spec.volumeAttributesClassName", "<unset>"),
    AGE,
    wide(at("VolumeMode", "spec.volumeMode")),
  ],
  "/PersistentVolume": [
    at("Capacity", "spec.capacity.storage"),
    { name: "Access Modes", cell: (o) => accessModes(valueAt(o, "spec.accessModes")) },
    at("Reclaim Policy", "spec.persistentVolumeReclaimPolicy"),
    {
      name: "Status",
      cell: (o) => (o.metadata.deletionTimestamp ? "Terminating" : valueAt(o, "status.phase")),
    },
    {
      name: "Claim",
      cell: (o) => {
        const claim = valueAt(o, "spec.claimRef");
        return isMap(claim) ? `${String(claim.namespace)}/${String(claim.name)}` : "";
      },
    },
    at("StorageClass", "spec.storageClassName"),
    at("Reason", "status.reason"),
    AGE,
  ],
  "/Event": [
    {
      name: "Last Seen",
      cell: (o, now) =>
        ageText(o.lastTimestamp ?? o.eventTime ?? o.metadata.creationTimestamp, now),
    },
    at("Type", "type"),
    at("Reason", "reason"),
    {
      name: "Object",
      cell: (o) =>
        `${String(valueAt(o, "involvedObject.kind")).toLowerCase()}/${String(valueAt(o, "involvedObject.name"))}`,
    },
    { name: "Message", cell: (o) => String(o.message ?? "").trim() },
  ],
  "/Node": [
    { name: "Status", cell: nodeStatus },
    { name: "Roles", cell: () => "<none>" },
    AGE,
    at("Version", "status.nodeInfo.kubeletVersion"),
  ],
  "apps/Deployment": [
    { name: "Ready", cell: readyOf },
    count("Up-to-date", "status.updatedReplicas"),
    count("Available", "status.availableReplicas"),
    AGE,
    ...containerColumns(),
  ],
  "apps/StatefulSet": [{ name: "Ready", cell: readyOf }, AGE, ...containerColumns().slice(0, 2)],
  "apps/ReplicaSet": [
    count("Desired", "spec.replicas"),
    count("Current", "status.replicas"),
    count("Ready", "status.readyReplicas"),
    AGE,
    ...containerColumns(),
  ],
  "apps/DaemonSet": [
    count("Desired", "status.desiredNumberScheduled"),
    count("Current", "status.currentNumberScheduled"),
    count("Ready", "status.numberReady"),
    count("Up-to-date", "status.updatedNumberScheduled"),
    count("Available", "status.numberAvailable"),
    { name: "Node Selector", cell: (o) => pairs(valueAt(o, "spec.template.spec.nodeSelector")) },
    AGE,
    ...containerColumns(),
  ],
  "batch/Job": [
    { name: "Status", cell: jobStatus },
    {
      name: "Completions",
      cell: (o) =>
        `${Number(valueAt(o, "status.succeeded") ?? 0)}/${Number(valueAt(o, "spec.completions") ?? 1)}`,
    },
    { name: "Duration", cell: jobDuration },
    AGE,
    ...containerColumns(),
  ],
  "batch/CronJob": [
    at("Schedule", "spec.schedule"),
    at("Timezone", "spec.timeZone", "<none>"),
    { name: "Suspend", cell: (o) => (valueAt(o, "spec.suspend") === true ? "True" : "False") },
    { name: "Active", type: "integer", cell: (o) => mapsOf(valueAt(o, "status.active")).length },
    {
      name: "Last Schedule",
      cell: (o, now) => ageText(valueAt(o, "status.lastScheduleTime"), now, "<none>"),
    },
    AGE,
  ],
  "policy/PodDisruptionBudget": [
    at("Min Available", "spec.minAvailable", "N/A"),
    at("Max Unavailable", "spec.maxUnavailable", "N/A"),
    count("Allowed Disruptions", "status.disruptionsAllowed"),
    AGE,
  ],
  "networking.k8s.io/Ingress": [
    at("Class", "spec.ingressClassName", "<none>"),
    {
      name: "Hosts",
      cell: (o) =>
        mapsOf(valueAt(o, "spec.rules"))
          .map((rule) => rule.host ?? "*")
          .join(",") || "*",
    },
    { name: "Address", cell: () => "" },
    { name: "Ports", cell: (o) => (mapsOf(valueAt(o, "spec.tls")).length > 0 ? "80, 443" : "80") },
    AGE,
  ],
  "networking.k8s.io/NetworkPolicy": [
    {
      name: "Pod-Selector",
      cell: (o) => selectorText(valueAt(o, "spec.podSelector")) || "<none>",
    },
    AGE,
  ],
  "storage.k8s.io/StorageClass": [
    at("Provisioner", "provisioner"),
    at("ReclaimPolicy", "reclaimPolicy"),
    at("VolumeBindingMode", "volumeBindingMode"),
    { name: "AllowVolumeExpansion", cell: (o) => String(o.allowVolumeExpansion === true) },
    AGE,
  ],
  "coordination.k8s.io/Lease": [at("Holder", "spec.holderIdentity"), AGE],
  "rbac.authorization.k8s.io/Role": [createdAt()],
  "rbac.authorization.k8s.io/ClusterRole": [createdAt()],
  "rbac.authorization.k8s.io/RoleBinding": [{ name: "Role", cell: roleText }, AGE],
  "rbac.authorization.k8s.io/ClusterRoleBinding": [{ name: "Role", cell: roleText }, AGE],
  "scheduling.k8s.io/PriorityClass": [
    count("Value", "value"),
    { name: "Global-Default", cell: (o) => String(o.globalDefault === true) },
    AGE,
  ],
  "apiextensions.k8s.io/CustomResourceDefinition": [createdAt()],
};

/** A duration as kubectl prints ages: `45s`, `3m20s`, `5h12m`, `3d4h`, `40d`. */
export function ageText(from: unknown, now: number, none = "<unknown>"): string {
  const start = typeof from === "string" ? Date.parse(from) : Number.NaN;
  return Number.isNaN(start) ? none : durationText(now - start);
}

function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return `${minutes}m${seconds % 60 ? `${seconds % 60}s` : ""}`;
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return `${hours}h${minutes % 60 ? `${minutes % 60}m` : ""}`;
  if (hours < 48) return `${hours}h`;
  if (days < 8) return `${days}d${hours % 24 ? `${hours % 24}h` : ""}`;
  return `${days}d`;
}

function at(name: string, path: string, none = ""): Column {
  return { name, cell: (object) => valueAt(object, path) ?? none };
}

function count(name: string, path: string): Column {
  return { name, type: "integer", cell: (object) => Number(valueAt(object, path) ?? 0) };
}

function wide(column: Column): Column {
  return { ...column, priority: 1 };
}

function createdAt(): Column {
  return { name: "Created At", cell: ({ metadata }) => metadata.creationTimestamp };
}

function containerColumns(): Column[] {
  const containers = (object: KubeObject): Record<string, unknown>[] =>
    mapsOf(valueAt(object, "spec.template.spec.containers"));
  return [
    wide({
      name: "Containers",
      cell: (o) =>
        containers(o)
          .map((c) => c.name)
          .join(","),
    }),
    wide({
      name: "Images",
      cell: (o) =>
        containers(o)
          .map((c) => c.image)
          .join(","),
    }),
    wide({ name: "Selector", cell: (o) => selectorText(valueAt(o, "spec.selector")) }),
  ];
}

function size(value: unknown): number {
  return isMap(value) ? Object.keys(value).length : 0;
}

function pairs(value: unknown): string {
  const list = Object.entries(isMap(value) ? value : {}).map(([key, item]) => `${key}=${item}`);
  return list.join(",") || "<none>";
}

function readyOf(object: KubeObject): string {
  return `${Number(valueAt(object, "status.readyReplicas") ?? 0)}/${Number(valueAt(object, "spec.replicas") ?? 0)}`;
}

function podReady(pod: KubeObject): string {
  const statuses = mapsOf(valueAt(pod, "status.containerStatuses"));
  const ready = statuses.filter((each) => each.ready === true).length;
  return `${ready}/${mapsOf(valueAt(pod, "spec.containers")).length}`;
}

function podRestarts(pod: KubeObject): string {
  const statuses = mapsOf(valueAt(pod, "status.containerStatuses"));
  return String(statuses.reduce((sum, each) => sum + Number(each.restartCount ?? 0), 0));
}

/** The STATUS of `kubectl get pods`: the phase, or what a container waits for or ended with. */
function podStatus(pod: KubeObject): string {
  let text = String(valueAt(pod, "status.reason") ?? valueAt(pod, "status.phase") ?? "Unknown");
  const init = mapsOf(valueAt(pod, "status.initContainerStatuses"));
  const undone = init.findIndex((each) => valueAt(each, "state.terminated.exitCode") !== 0);
  if (undone >= 0) {
    const reason =
      valueAt(init[undone], "state.terminated.reason") ??
      valueAt(init[undone], "state.waiting.reason");
    text =
      reason && reason !== "PodInitializing" ? `Init:${reason}` : `Init:${undone}/${init.length}`;
  } else
    for (const each of [...mapsOf(valueAt(pod, "status.containerStatuses"))].reverse()) {
      const reason =
        valueAt(each, "state.waiting.reason") ?? valueAt(each, "state.terminated.reason");
      if (reason) text = String(reason);
    }
  return pod.metadata.deletionTimestamp ? "Terminating" : text;
}

function externalIp(service: KubeObject): string {
  if (valueAt(service, "spec.type") === "ExternalName")
    return String(valueAt(service, "spec.externalName"));
  const ingress = mapsOf(valueAt(service, "status.loadBalancer.ingress"));
  const addresses = ingress.map((each) => each.ip ?? each.hostname);
  if (valueAt(service, "spec.type") === "LoadBalancer") return addresses.join(",") || "<pending>";
  return "<none>";
}

function servicePorts(service: KubeObject): string {
  const ports = mapsOf(valueAt(service, "spec.ports")).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return ports.join(",") || "<none>";
}

function endpointsText(endpoints: KubeObject): string {
  const all = mapsOf(endpoints.subsets).flatMap(({ addresses, ports }) =>
    mapsOf(addresses).flatMap(({ ip }) => {
      const list = mapsOf(ports);
      return list.length > 0 ? list.map(({ port }) => `${ip}:${port}`) : [String(ip)];
    }),
  );
  if (all.length === 0) return "<none>";
  const more = all.length > 3 ? ` + ${all.length - 3} more...` : "";
  return all.slice(0, 3).join(",") + more;
}

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

function accessModes(modes: unknown): string {
  return Array.isArray(modes) ? modes.map((mode) => MODES[String(mode)] ?? mode).join(",") : "";
}

function nodeStatus(node: KubeObject): string {
  const ready = mapsOf(valueAt(node, "status.conditions")).find(({ type }) => type === "Ready");
  const text = ready?.status === "True" ? "Ready" : "NotReady";
  return valueAt(node, "spec.unschedulable") === true ? `${text},SchedulingDisabled` : text;
}

function jobStatus(job: KubeObject): string {
  const on = (name: string): boolean =>
    mapsOf(valueAt(job, "status.conditions")).some(
      ({ type, status }) => type === name && status === "True",
    );
  if (on("Complete")) return "Complete";
  if (on("Failed")) return "Failed";
  if (job.metadata.deletionTimestamp) return "Terminating";
  return on("Suspended") ? "Suspended" : "Running";
}

function jobDuration(job: KubeObject, now: number): string {
  const [start, end] = [valueAt(job, "status.startTime"), valueAt(job, "status.completionTime")];
  if (typeof start !== "string") return "";
  return ageText(start, typeof end === "string" ? Date.parse(end) : now);
}

function roleText(binding: KubeObject): string {
  return `${String(valueAt(binding, "roleRef.kind"))}/${String(valueAt(binding, "roleRef.name"))}`;
}
