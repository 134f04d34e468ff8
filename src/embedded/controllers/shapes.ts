import type { KubeObject, ObjectMeta } from "../../model/kube-object.ts";

/** Parts of built-in objects as the controllers read them. What is stored was checked by the server, so the casts hold. */
export interface PodTemplate {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: PodSpec;
}

/** A pod's spec. */
export interface PodSpec {
  readonly nodeName?: string;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly restartPolicy?: "Always" | "OnFailure" | "Never";
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly terminationGracePeriodSeconds?: number;
  readonly affinity?: Affinity;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly [field: string]: unknown;
}

/** A container of a pod's spec. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly ContainerPort[];
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: Readonly<Record<string, KeyRef | undefined>>;
  }[];
  readonly envFrom?: readonly {
    readonly configMapRef?: KeyRef;
    readonly secretRef?: KeyRef;
  }[];
  readonly volumeMounts?: readonly { readonly name: string }[];
}

/** A named port. */
export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

/** Names a ConfigMap or Secret, or a key of it. */
export interface KeyRef {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

/** A volume of a pod. */
export interface Volume {
  readonly name: string;
  readonly configMap?: KeyRef & { readonly items?: readonly { readonly key: string }[] };
  readonly secret?: {
    readonly secretName?: string;
    readonly optional?: boolean;
    readonly items?: readonly { readonly key: string }[];
  };
  readonly projected?: {
    readonly sources?: readonly { readonly configMap?: KeyRef; readonly secret?: KeyRef }[];
  };
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

/** What of an affinity is acted out. */
export interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms?: readonly NodeSelectorTerm[];
    };
  };
  readonly podAntiAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
  };
}

/** One alternative of a node affinity. */
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeRequirement[];
  readonly matchFields?: readonly NodeRequirement[];
}

/** A requirement on a node's labels or name. */
export interface NodeRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Pods that may not be near. */
export interface PodAffinityTerm {
  readonly labelSelector?: unknown;
  readonly namespaces?: readonly string[];
  readonly topologyKey: string;
}

/** A condition of a status. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly lastUpdateTime?: string;
  readonly [field: string]: unknown;
}

/** A pod's status. */
export interface PodStatus {
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly podIP?: string;
  readonly startTime?: string;
  readonly [field: string]: unknown;
}

/** A container's status. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly started?: boolean;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly state: {
    readonly waiting?: { readonly reason: string; readonly message?: string };
    readonly running?: { readonly startedAt: string };
    readonly terminated?: Readonly<Record<string, unknown>>;
  };
  readonly lastState: Readonly<Record<string, unknown>>;
}

/** Spec of a workload that makes pods from a template. */
export interface WorkloadSpec {
  readonly replicas?: number;
  readonly selector?: LabelSelector;
  readonly template: PodTemplate;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly [field: string]: unknown;
}

/** A meta/v1 LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly unknown[];
}

/** A pod's spec. */
export function podSpecOf(pod: KubeObject): PodSpec {
  return pod.spec as PodSpec;
}

/** A pod's status. */
export function podStatusOf(pod: KubeObject): PodStatus {
  return (pod.status ?? {}) as PodStatus;
}

/** A workload's spec. */
export function specOf<T extends WorkloadSpec = WorkloadSpec>(object: KubeObject): T {
  return object.spec as T;
}

/** A status of whatever kind. */
export function statusOf<T = Record<string, unknown>>(object: KubeObject): T {
  return (object.status ?? {}) as T;
}
