import type { Operator } from "./package.ts";

/** Field manager of every write (server-side apply). */
export const FIELD_MANAGER = "kplan";

/** `apiVersion` of KUDO's custom resources, which kplan keeps exactly. */
export const KUDO_API_VERSION = "kudo.dev/v1beta1";

/** `apiVersion` of a native package. */
export const NATIVE_API_VERSION = "kplan.dev/v1";

/** Labels that KUDO put on what it applied, and kplan keeps (compat section 4.1). */
export const LABEL = {
  heritage: "heritage",
  operator: "kudo.dev/operator",
  instance: "kudo.dev/instance",
  /** Ours, on our own objects (runs, package pieces, leases, secrets, records of one-time acts): what the object is for. */
  role: "kplan.dev/role",
  /**
   * On a ConfigMap of a package, with the value `claims`: it says something about the data on the instance's claims, so it lives as long as they do: `uninstall`
   * leaves it, `--delete-claims` deletes it with them. On a PersistentVolumeClaim, with the value `keep`: neither deletes it, and an install under the same name is not
   * refused because of it; it holds backups.
   */
  lifetime: "kplan.dev/lifetime",
} as const;

/** Annotations, KUDO's and ours. */
export const ANNOTATION = {
  plan: "kudo.dev/plan",
  phase: "kudo.dev/phase",
  step: "kudo.dev/step",
  /** uid of the run that last applied the object. */
  planUid: "kudo.dev/last-plan-execution-uid",
  operatorVersion: "kudo.dev/operator-version",
  /** On a pod template: changes when a ConfigMap or Secret that the pod uses does. */
  dependenciesHash: "kudo.dev/dependencies-hash",
  /** On a ConfigMap or Secret (any value): its content does not restart pods. */
  skipHash: "kudo.dev/skip-hash-calculation",
  /** On a workload: names of ConfigMaps and Secrets, joined by commas, whose content does not restart its pods. For those that the package does not make itself. */
  skipHashOf: "kplan.dev/skip-hash-of",
  /** KUDO's copy of what it applied last (JSON), without this annotation. */
  lastApplied: "kudo.dev/last-applied-configuration",
  /** On a ConfigMap or Secret of a KUDO package: what it adds to the hash of the workloads that use it, MD5 in hex (compat section 4.3). */
  contentDigest: "kplan.dev/content-digest",
  /** On any object: fields, joined by commas (`.spec.resources.requests.storage`), that an apply takes from whichever manager owns them. */
  takeFields: "kplan.dev/take-fields",
  /** On the pod of a Pipe task, with the value `true`. */
  pipePod: "kudo.dev/pipepod",
  /** On an OperatorVersion and on package Secrets: `native` or `kudo`. */
  dialect: "kplan.dev/dialect",
  /** sha256 of the package, lower-case hex. */
  digest: "kplan.dev/digest",
  /** On an object that stands in no namespace: the namespace of the instance that applied it last. */
  namespace: "kplan.dev/namespace",
  /** On an Instance: the fencing token of the current driver, a decimal number. */
  token: "kplan.dev/token",
  /** On an Instance: a request of another terminal to the driver. */
  request: "kplan.dev/request",
  /** On an Instance: what its driver answered to the last request. */
  requestAnswer: "kplan.dev/request-answer",
  /** On an OperatorVersion: whoever uninstalled its last instance is about to remove it with its package. */
  removing: "kplan.dev/removing",
  /** On the record of a one-time act: the `Exec` task whose it is. */
  task: "kplan.dev/task",
} as const;

/** The finalizer with which KUDO kept an Instance until its cleanup plan had run. */
export const KUDO_FINALIZER = "kudo.dev.instance.cleanup";

/** `<name>-<appVersion>-<operatorVersion>`, or without the appVersion when there is none (compat section 1.4). */
export function operatorVersionName(operator: Operator): string {
  const { name, appVersion, operatorVersion } = operator;
  return appVersion ? `${name}-${appVersion}-${operatorVersion}` : `${name}-${operatorVersion}`;
}

/** `<operator>-instance`, the name of an instance when none is given. */
export function defaultInstanceName(operatorName: string): string {
  return `${operatorName}-instance`;
}

/** Name of the Secret that holds the values of an instance's secret parameters. */
export function secretsName(instance: string): string {
  return `${instance}-secrets`;
}

/** Name of the object that keeps run number `n` of an instance. */
export function runName(instance: string, n: number): string {
  return `${instance}-run-${n}`;
}

/** Name of the Lease that says who drives an instance. */
export function leaseName(instance: string): string {
  return `${instance}-kplan`;
}

/** Name of the Lease that lists who waits to drive an instance. */
export function queueName(instance: string): string {
  return `${instance}-kplan-queue`;
}

/** On the ConfigMap beside an instance on the embedded cluster that says what its simulated pods answer; its value is `true`. */
export const SIMULATION_LABEL = "kplan.dev/simulation";

/** Key in that ConfigMap: a `Simulation` as JSON. */
export const SIMULATION_KEY = "simulation.json";

/** Name of that ConfigMap. */
export function simulationName(instance: string): string {
  return `${instance}-simulate`;
}
