import { createHash } from "node:crypto";
import type { Cluster } from "../model/cluster.ts";
import type { RunEvent } from "../model/event.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { FIELD_MANAGER } from "../model/names.ts";

/** Tells what a run does as events of its Instance. */
export interface PlanEvents {
  /** Of what the run says, that of a plan which starts or ends is told. */
  heed(event: RunEvent): void;
  /** When all that was told is written, or was given up. Never rejects. */
  settled(): Promise<void>;
}

/**
 * Events of an Instance as KUDO's controller made them (compat section 7.4), for those who read them with `kubectl describe` or wait for them. They are news and no state: who may
 * not write them, or cannot at the moment, goes on without.
 */
export function planEvents(
  cluster: Pick<Cluster, "create">,
  run: { readonly instance: KubeObject; readonly uid: string },
): PlanEvents {
  const writes: Promise<unknown>[] = [];
  return {
    heed(event) {
      const news = newsOf(event);
      if (news === undefined) return;
      const write = cluster.create(eventObject(run, { ...news, at: event.at }));
      writes.push(write.catch(() => undefined));
    },
    settled: async () => void (await Promise.all(writes)),
  };
}

interface News {
  readonly plan: string;
  readonly reason: "PlanStarted" | "PlanFinished";
  readonly message: string;
}

function newsOf(event: RunEvent): News | undefined {
  if (event.type !== "status" || event.path.phase !== undefined) return undefined;
  const { plan } = event.path;
  const { status } = event;
  if (status === "IN_PROGRESS")
    return { plan, reason: "PlanStarted", message: `Execution of plan ${plan} started` };
  if (status !== "COMPLETE" && status !== "FATAL_ERROR") return undefined;
  const message = `Execution of plan ${plan} finished with status ${status}`;
  return { plan, reason: "PlanFinished", message };
}

function eventObject(
  { instance, uid }: { readonly instance: KubeObject; readonly uid: string },
  { plan, reason, message, at }: News & { readonly at: string },
): KubeObject {
  const { name, namespace, uid: instanceUid, resourceVersion } = instance.metadata;
  // The same news of the same run is one event, however often its driver is killed.
  const key = createHash("sha256").update([uid, plan, message].join(" ")).digest("hex");
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${key.slice(0, 16)}`, ...(namespace && { namespace }) },
    involvedObject: {
      apiVersion: instance.apiVersion,
      kind: instance.kind,
      name,
      namespace,
      uid: instanceUid,
      resourceVersion,
    },
    type: "Normal",
    reason,
    message,
    source: { component: FIELD_MANAGER },
    reportingComponent: FIELD_MANAGER,
    reportingInstance: "",
    firstTimestamp: secondsOf(at),
    lastTimestamp: secondsOf(at),
    count: 1,
  };
}

/** Times of events have whole seconds. */
function secondsOf(at: string): string {
  return at.replace(/\.\d+/, "");
}
