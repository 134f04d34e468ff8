import type { KubeObject } from "../../model/kube-object.ts";
import type { ControllerApi } from "../controller-api.ts";
import { type Container, type KeyRef, podSpecOf, type Volume } from "./shapes.ts";

/** A volume that cannot be mounted, in the kubelet's words. */
export function mountProblem(api: ControllerApi, pod: KubeObject): string | undefined {
  const { volumes = [], initContainers = [], containers } = podSpecOf(pod);
  const mounted = new Set(
    [...initContainers, ...containers].flatMap(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name }) => name),
    ),
  );
  // A volume that no container mounts is not set up at all.
  for (const volume of volumes.filter(({ name }) => mounted.has(name))) {
    const problem = volumeProblem(api, pod, volume);
    if (problem !== undefined)
      return `MountVolume.SetUp failed for volume "${volume.name}" : ${problem}`;
  }
  return undefined;
}

function volumeProblem(
  api: ControllerApi,
  { metadata }: KubeObject,
  volume: Volume,
): string | undefined {
  const { namespace = "" } = metadata;
  const wanted: { kind: Kind; ref: KeyRef & { items?: readonly { key: string }[] } }[] = [];
  if (volume.configMap) wanted.push({ kind: "ConfigMap", ref: volume.configMap });
  if (volume.secret) {
    const { secretName, ...rest } = volume.secret;
    wanted.push({ kind: "Secret", ref: { ...rest, ...(secretName && { name: secretName }) } });
  }
  for (const { configMap, secret } of volume.projected?.sources ?? []) {
    if (configMap) wanted.push({ kind: "ConfigMap", ref: configMap });
    if (secret) wanted.push({ kind: "Secret", ref: secret });
  }
  for (const { kind, ref } of wanted) {
    if (ref.optional === true) continue;
    const object = api.get(kind, ref.name ?? "", namespace);
    if (object === undefined) return notFound(kind, ref.name ?? "");
    const absent = ref.items?.find(({ key }) => !hasKey(object, key));
    if (absent)
      return `references non-existent ${kind === "Secret" ? "secret" : "config"} key: ${absent.key}`;
  }
  return undefined;
}

/** What a container's environment lacks, in the kubelet's words. */
export function environmentProblem(
  api: ControllerApi,
  { metadata }: KubeObject,
  { env = [], envFrom = [] }: Container,
): string | undefined {
  const { namespace = "" } = metadata;
  const wanted = [
    ...envFrom.flatMap(({ configMapRef, secretRef }) => refs(configMapRef, secretRef)),
    ...env.flatMap(({ valueFrom }) => refs(valueFrom?.configMapKeyRef, valueFrom?.secretKeyRef)),
  ];
  for (const { kind, ref } of wanted) {
    if (ref.optional === true) continue;
    const object = api.get(kind, ref.name ?? "", namespace);
    if (object === undefined) return notFound(kind, ref.name ?? "");
    if (ref.key !== undefined && !hasKey(object, ref.key))
      return `couldn't find key ${ref.key} in ${kind} ${namespace}/${ref.name}`;
  }
  return undefined;
}

type Kind = "ConfigMap" | "Secret";

function refs(
  configMap: KeyRef | undefined,
  secret: KeyRef | undefined,
): { kind: Kind; ref: KeyRef }[] {
  return [
    ...(configMap ? [{ kind: "ConfigMap" as const, ref: configMap }] : []),
    ...(secret ? [{ kind: "Secret" as const, ref: secret }] : []),
  ];
}

function notFound(kind: Kind, name: string): string {
  return `${kind.toLowerCase()} "${name}" not found`;
}

function hasKey(object: KubeObject, key: string): boolean {
  const parts = [object.data, object.binaryData];
  return parts.some(
    (part) => part !== null && typeof part === "object" && Object.hasOwn(part, key),
  );
}

/** Names of the claims that a pod uses. */
export function claimNames(pod: KubeObject): string[] {
  return (podSpecOf(pod).volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
}
