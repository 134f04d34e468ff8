import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { deleteObject } from "../objects/delete-object.ts";
import { storeChanged } from "../objects/update-object.ts";
import { valueAt } from "../rules/rule.ts";
import { type ServerState, timestamp } from "../server-state.ts";

/** Where CustomResourceDefinitions are stored. */
export const DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions";
const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";
const CONTEXT = { manager: "kube-apiserver" };

/**
 * Serves the kinds of CustomResourceDefinitions: accepts their names, says Established, deletes all their objects before
 * a definition goes. The answer stops it.
 */
export function startDefinitionLifecycle(state: ServerState): () => void {
  for (const definition of state.store.list(DEFINITIONS)) state.kinds.define(definition);
  return state.store.subscribe("*", (change) => {
    if (change.key === DEFINITIONS) {
      if (change.type === "deleted") state.kinds.undefine(change.object.metadata.name);
      else attend(state, change.object);
      return;
    }
    if (change.type !== "deleted" || !state.kinds.byKey(change.key)?.custom) return;
    const name = state.kinds.byKey(change.key)?.custom?.definition ?? "";
    const live = state.store.get(DEFINITIONS, "", name);
    if (live?.metadata.deletionTimestamp) finish(state, live);
  });
}

function attend(state: ServerState, { metadata }: KubeObject): void {
  const live = state.store.get(DEFINITIONS, "", metadata.name);
  if (!live) return;
  if (live.metadata.deletionTimestamp) {
    empty(state, live);
    return;
  }
  state.kinds.define(live);
  if (!live.metadata.finalizers?.includes(CLEANUP)) {
    const finalizers = [...(live.metadata.finalizers ?? []), CLEANUP];
    change(state, live, { ...live, metadata: { ...live.metadata, finalizers } });
    return;
  }
  const conditions = valueAt(live, "status.conditions");
  const names = valueAt(live, "spec.names");
  const accepted = JSON.stringify(valueAt(live, "status.acceptedNames")) === JSON.stringify(names);
  if (accepted && Array.isArray(conditions) && conditions.length > 0) return;
  change(state, live, { ...live, status: establishedStatus(state, live) }, "status");
}

function establishedStatus(state: ServerState, live: KubeObject): object {
  const now = timestamp(state.clock);
  const condition = (type: string, reason: string, message: string): object => ({
    type,
    status: "True",
    reason,
    message,
    lastTransitionTime: now,
  });
  return {
    ...(isMap(live.status) && live.status),
    acceptedNames: valueAt(live, "spec.names"),
    conditions: [
      condition("NamesAccepted", "NoConflicts", "no conflicts found"),
      condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ],
  };
}

function empty(state: ServerState, live: KubeObject): void {
  const kind = kindOf(state, live);
  if (kind)
    for (const { metadata } of state.store.list(`${kind.group}/${kind.plural}`)) {
      const place = { kind, namespace: metadata.namespace ?? "", name: metadata.name };
      if (!metadata.deletionTimestamp) deleteObject(state, place, {});
    }
  finish(state, live);
}

/** Lets a definition go when none of its objects is left. */
function finish(state: ServerState, live: KubeObject): void {
  const kind = kindOf(state, live);
  if (kind && state.store.list(`${kind.group}/${kind.plural}`).length > 0) return;
  const finalizers = (live.metadata.finalizers ?? []).filter((each) => each !== CLEANUP);
  if (finalizers.length === live.metadata.finalizers?.length) return;
  const { finalizers: _, ...rest } = live.metadata;
  const metadata = finalizers.length > 0 ? { ...rest, finalizers } : rest;
  change(state, live, { ...live, metadata });
}

function kindOf({ kinds }: ServerState, { metadata }: KubeObject): ReturnType<typeof kinds.byKey> {
  return kinds.all().find((kind) => kind.custom?.definition === metadata.name);
}

function change(
  state: ServerState,
  live: KubeObject,
  next: KubeObject,
  subresource?: "status",
): void {
  const kind = state.kinds.byKey(DEFINITIONS);
  if (!kind) return;
  const place = { kind, namespace: "", name: live.metadata.name };
  storeChanged(state, place, live, next, { ...CONTEXT, ...(subresource && { subresource }) });
}
