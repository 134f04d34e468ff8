import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { conflict } from "../http/api-error.ts";
import { storageKey } from "../kinds/served-kind.ts";
import { type ServerState, timestamp } from "../server-state.ts";
import { mayGo, type ObjectPlace, readLive } from "./update-object.ts";

/** Options of a deletion (meta/v1 DeleteOptions). */
export interface DeletionOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagation?: "Foreground" | "Background" | "Orphan";
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly dryRun?: boolean;
}

/** What a deletion came to. */
export interface Deletion {
  /** As it last was, or as it is now. */
  readonly object: KubeObject;
  /** False when it waits for finalizers or its grace period. */
  readonly gone: boolean;
}

/** Finalizers through which the propagation of a deletion works (see `garbage-collector.ts`). */
export const PROPAGATION_FINALIZER = {
  Foreground: "foregroundDeletion",
  Orphan: "orphan",
} as const;

/** Deletes an object, or marks it when finalizers or a grace period hold it. Throws ApiError 404, 409 (preconditions). */
export function deleteObject(
  state: ServerState,
  place: ObjectPlace,
  options: DeletionOptions,
): Deletion {
  const { kind, namespace, name } = place;
  const live = readLive(state, place);
  checkPreconditions(place, live, options);
  const finalizers = finalizersAfter(live, options);
  const grace = gracePeriod(place, live, options);
  const marked = mark(state, place, live, finalizers, grace);
  const gone = mayGo(kind, marked);
  if (options.dryRun) return { object: gone ? live : marked, gone };
  const key = storageKey(kind);
  if (gone) return { object: state.store.remove(key, namespace, name) ?? live, gone };
  return { object: marked === live ? live : state.store.put(key, marked), gone };
}

function checkPreconditions(
  { kind, name }: ObjectPlace,
  { metadata }: KubeObject,
  { uid, resourceVersion }: DeletionOptions,
): void {
  const refuse = (field: string, wanted: string, is: string | undefined, how: string): never => {
    const why = `the ${field} in the precondition (${wanted}) does not match the ${field} in record (${is}). The object might have been ${how}`;
    throw conflict({ ...kind, plural: kind.kind }, name, why);
  };
  if (uid !== undefined && uid !== metadata.uid)
    refuse("UID", uid, metadata.uid, "deleted and then recreated");
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    refuse("ResourceVersion", resourceVersion, metadata.resourceVersion, "modified");
}

function finalizersAfter({ metadata }: KubeObject, { propagation }: DeletionOptions): string[] {
  const finalizers = metadata.finalizers ?? [];
  if (propagation === undefined) return finalizers;
  const { Foreground, Orphan } = PROPAGATION_FINALIZER;
  const others = finalizers.filter((each) => each !== Foreground && each !== Orphan);
  return propagation === "Background" ? others : [...others, PROPAGATION_FINALIZER[propagation]];
}

/** Only pods that run somewhere are given time. */
function gracePeriod(
  { kind }: ObjectPlace,
  live: KubeObject,
  { gracePeriodSeconds }: DeletionOptions,
): number {
  if (kind.kind !== "Pod" || kind.group !== "") return 0;
  const spec = isMap(live.spec) ? live.spec : {};
  const phase = isMap(live.status) ? live.status.phase : undefined;
  if (!spec.nodeName || phase === "Succeeded" || phase === "Failed") return 0;
  const asked = Math.max(0, gracePeriodSeconds ?? Number(spec.terminationGracePeriodSeconds ?? 30));
  const running = live.metadata.deletionGracePeriodSeconds;
  return typeof running === "number" ? Math.min(running, asked) : asked;
}

function mark(
  { clock }: ServerState,
  { kind }: ObjectPlace,
  live: KubeObject,
  finalizers: string[],
  grace: number,
): KubeObject {
  const { metadata } = live;
  const known = JSON.stringify(metadata.finalizers ?? []) === JSON.stringify(finalizers);
  if (metadata.deletionTimestamp && known && metadata.deletionGracePeriodSeconds === grace)
    return live;
  const first = !metadata.deletionTimestamp;
  const { finalizers: _, ...rest } = metadata;
  const marked: KubeObject = {
    ...live,
    metadata: {
      ...rest,
      ...(finalizers.length > 0 && { finalizers }),
      deletionTimestamp:
        metadata.deletionTimestamp && metadata.deletionGracePeriodSeconds === grace
          ? metadata.deletionTimestamp
          : timestamp(clock, grace * 1000),
      deletionGracePeriodSeconds: grace,
      ...(first && kind.generation && { generation: (metadata.generation ?? 1) + 1 }),
    },
  };
  if (kind.kind === "Namespace" && kind.group === "" && isMap(live.status))
    marked.status = { ...live.status, phase: "Terminating" };
  return marked;
}
