import type { KubeObject } from "../../model/kube-object.ts";
import type { ServerState } from "../server-state.ts";

/** What each pod remembers of what was run in it, by uid; the store's objects change, their uids do not. */
const memories = new WeakMap<ServerState, Map<string, Map<string, string>>>();

/** What a pod remembers, to read and to change. */
export function memoryOf(state: ServerState, { metadata }: KubeObject): Map<string, string> {
  const pods = podsOf(state);
  const { uid = "" } = metadata;
  const memory = pods.get(uid) ?? new Map<string, string>();
  pods.set(uid, memory);
  return memory;
}

/** A copy of what all pods remember. */
export function memoriesOf(state: ServerState): Map<string, Map<string, string>> {
  return new Map([...podsOf(state)].map(([uid, memory]) => [uid, new Map(memory)]));
}

/** Lets pods remember what those of another server did. */
export function restoreMemories(
  state: ServerState,
  kept: ReadonlyMap<string, ReadonlyMap<string, string>>,
): void {
  const pods = podsOf(state);
  for (const [uid, memory] of kept) pods.set(uid, new Map(memory));
}

function podsOf(state: ServerState): Map<string, Map<string, string>> {
  const pods = memories.get(state) ?? new Map<string, Map<string, string>>();
  memories.set(state, pods);
  return pods;
}
