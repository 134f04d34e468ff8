import type { Failed, HealthContext } from "../model/health.ts";
import { type KubeObject, refOf } from "../model/kube-object.ts";
import { conditionOf } from "./conditions.ts";
import { eventsAbout } from "./events.ts";
import { textAt, timeAt } from "./fields.ts";
import { type ContainerFacts, containersOf, type EndedRun } from "./pod-containers.ts";
import { failed } from "./verdict.ts";

/** What keeps a pod from becoming ready, as far as it can be seen. */
export interface PodTrouble {
  readonly failure: Failed;
  /** Borne long enough: nobody needs to wait any longer. */
  readonly final: boolean;
}

/** The root cause of a pod not being ready, or undefined when it is simply on its way. */
export function podTrouble(pod: KubeObject, context: HealthContext): PodTrouble | undefined {
  const unscheduled = schedulingTrouble(pod, context);
  if (unscheduled !== undefined) return unscheduled;
  for (const container of containersOf(pod)) {
    const trouble = containerTrouble(pod, container, context);
    if (trouble !== undefined) return trouble;
  }
  return mountTrouble(pod, context);
}

function schedulingTrouble(pod: KubeObject, context: HealthContext): PodTrouble | undefined {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return undefined;
  return {
    failure: failed(
      "Unschedulable",
      `pod ${pod.metadata.name} finds no node: ${scheduled.message}`,
      { hint: command(pod, `describe pod ${pod.metadata.name}`) },
    ),
    final: lasted(scheduled.since, context.limits.unschedulable, context),
  };
}

function containerTrouble(
  pod: KubeObject,
  container: ContainerFacts,
  context: HealthContext,
): PodTrouble | undefined {
  const where = `${pod.metadata.name}, container ${container.name}`;
  const waited = lasted(waitingSince(pod, container), context.limits.imagePull, context);
  const look = { hint: command(pod, `describe pod ${pod.metadata.name}`) };

  if (container.state === "waiting") {
    switch (container.reason) {
      case "InvalidImageName":
        return {
          failure: failed(
            container.reason,
            `${where}: the image name ${container.image} is not valid`,
            look,
          ),
          final: true,
        };
      case "ImagePullBackOff":
      case "ErrImagePull":
      case "ErrImageNeverPull":
      case "RegistryUnavailable":
      case "ImageInspectError":
        return {
          failure: failed(
            container.reason,
            `${where}: the image ${container.image} cannot be pulled${registryWords(pod, container, context)}`,
            look,
          ),
          final: waited,
        };
      case "CreateContainerConfigError":
      case "CreateContainerError":
      case "RunContainerError":
        return {
          failure: failed(
            container.reason,
            `${where} cannot be made: ${container.message}${missing(pod, container.message)}`,
            look,
          ),
          final: waited,
        };
      case "CrashLoopBackOff":
        return crash(pod, container, where, context);
    }
  }
  // Between an exit and the back-off the container is `terminated` for a moment; it has crashed all the same.
  const ended = container.state === "terminated" ? container.ended : undefined;
  if (ended === undefined || ended.exitCode === 0 || textAt(pod, "status", "phase") === "Failed")
    return undefined;
  return crash(pod, container, where, context);
}

/** "x cannot come" is said by the kubelet in different states in turn; the event of the first failed pull has the registry's words. */
function registryWords(pod: KubeObject, container: ContainerFacts, context: HealthContext): string {
  if (container.reason !== "ImagePullBackOff" && container.message !== "")
    return `: ${unwrapped(container.message)}`;
  const said = eventsAbout(pod, context).find(
    ({ reason, message }) => reason === "Failed" && message.includes(`"${container.image}"`),
  );
  const words = said?.message ?? container.message;
  return words === "" ? "" : `: ${unwrapped(words)}`;
}

/** Kubelet and runtime each wrap the registry's answer into a sentence that only repeats the image. */
function unwrapped(words: string): string {
  return words.replace(
    /^(?:(?:rpc error: code = \w+ desc = )?failed to (?:pull|pull and unpack|resolve)(?: image| reference)* "[^"]*": )+/i,
    "",
  );
}

/** The kubelet names a missing ConfigMap or Secret without saying where it looked. */
function missing(pod: KubeObject, message: string): string {
  return /^(configmap|secret) ".*" not found$/.test(message)
    ? ` in namespace ${pod.metadata.namespace ?? "default"}`
    : "";
}

function crash(
  pod: KubeObject,
  container: ContainerFacts,
  where: string,
  context: HealthContext,
): PodTrouble {
  const { restarts, ended } = container;
  const times = restarts === 1 ? "once" : `${restarts} times`;
  const how = ended === undefined ? "" : `, last with ${exitText(ended)}`;
  const restarted = restarts > 0 ? ` and was restarted ${times}` : "";
  return {
    failure: failed(
      ended?.reason === "OOMKilled" ? "OOMKilled" : "CrashLoopBackOff",
      `${where} crashes${restarted}${how}`,
      {
        hint: command(
          pod,
          `logs ${pod.metadata.name} -c ${container.name}${restarts > 0 ? " --previous" : ""}`,
        ),
        culprit: { pod: refOf(pod), container: container.name },
      },
    ),
    final:
      restarts >= context.limits.crashLoopRestarts &&
      !ranLong(ended) &&
      (ended?.finishedAt ?? Number.POSITIVE_INFINITY) >= (context.since?.getTime() ?? 0),
  };
}

/** The kubelet's back-off begins anew after a run of ten minutes: restarts before it are of another story. */
function ranLong(ended: EndedRun | undefined): boolean {
  const { startedAt, finishedAt } = ended ?? {};
  if (startedAt === undefined || finishedAt === undefined) return false;
  // A container that never started carries the year 1970.
  return startedAt > 0 && finishedAt - startedAt > 600_000;
}

/** How a run of a container ended, for people. A termination message is left out, as it may quote anything, unless the runtime wrote it. */
export function exitText(ended: EndedRun): string {
  const { exitCode, reason, message } = ended;
  if (reason === "OOMKilled") return `exit code ${exitCode} (out of memory)`;
  const byRuntime = reason === "ContainerCannotRun" || reason === "StartError";
  return byRuntime ? `exit code ${exitCode} (${message})` : `exit code ${exitCode}`;
}

/** A volume that cannot be mounted is only ever told by an event. */
function mountTrouble(pod: KubeObject, context: HealthContext): PodTrouble | undefined {
  if (
    !containersOf(pod).some(
      ({ reason }) => reason === "ContainerCreating" || reason === "PodInitializing",
    )
  )
    return undefined;
  const event = eventsAbout(pod, context).find(
    ({ reason, message }) => reason === "FailedMount" && !message.startsWith("Unable to attach"),
  );
  if (event === undefined) return undefined;
  const absent = /(?:(?:configmap|secret) "[^"]*" not found|references non-existent .* key).*/.exec(
    event.message,
  )?.[0];
  return {
    failure: failed(
      "FailedMount",
      `${pod.metadata.name}: a volume cannot be mounted: ${absent ?? event.message}`,
      { hint: command(pod, `describe pod ${pod.metadata.name}`) },
    ),
    // Attaching a disk may take its time; what does not exist will not come by itself.
    final: absent !== undefined && lasted(event.first, context.limits.imagePull, context),
  };
}

/** No field says since when a container waits: it is the latest thing that happened before. */
function waitingSince(pod: KubeObject, container: ContainerFacts): number | undefined {
  const before = containersOf(pod)
    .filter(({ init, name }) => init || name === container.name)
    .map(({ ended }) => ended?.finishedAt ?? 0);
  const started = timeAt(pod, "status", "startTime");
  return started === undefined ? undefined : Math.max(started, ...before);
}

function lasted(since: number | undefined, limit: number, context: HealthContext): boolean {
  if (since === undefined) return false;
  const borneSince = Math.max(since, context.since?.getTime() ?? 0);
  return context.now.getTime() - borneSince >= limit;
}

function command(pod: KubeObject, rest: string): string {
  const { namespace } = pod.metadata;
  return `kubectl ${namespace === undefined ? "" : `-n ${namespace} `}${rest}`;
}
