import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { createObject } from "../objects/create-object.ts";
import { deleteObject } from "../objects/delete-object.ts";
import type { ServerState } from "../server-state.ts";

const KEY = "/namespaces";
const CONTEXT = { manager: "kube-controller-manager" };

/**
 * Gives each namespace its `default` ServiceAccount and the server's certificate in ConfigMap `kube-root-ca.crt`; empties a
 * terminating one and lets it go when nothing is left. The answer stops it.
 */
export function startNamespaceLifecycle(state: ServerState, caCert: string): () => void {
  return state.store.subscribe("*", (change) => {
    if (change.key !== KEY) {
      const { namespace } = change.object.metadata;
      if (change.type === "deleted" && namespace) finish(state, namespace);
      return;
    }
    if (change.type === "added") furnish(state, change.object.metadata.name, caCert);
    if (change.type !== "deleted" && change.object.metadata.deletionTimestamp)
      empty(state, change.object.metadata.name);
  });
}

/** What every namespace has. */
function furnish(state: ServerState, namespace: string, caCert: string): void {
  const furniture: KubeObject[] = [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "kube-root-ca.crt" },
      data: { "ca.crt": caCert },
    },
  ];
  for (const object of furniture) {
    const kind = state.kinds.byKind("", object.kind);
    const there = state.store.get(
      `/${object.kind.toLowerCase()}s`,
      namespace,
      object.metadata.name,
    );
    const home = state.store.get(KEY, "", namespace);
    if (kind && !there && home && !home.metadata.deletionTimestamp)
      createObject(state, kind, namespace, object, CONTEXT);
  }
}

function empty(state: ServerState, namespace: string): void {
  for (const kind of state.kinds.all()) {
    if (!kind.namespaced || kind.virtual) continue;
    for (const { metadata } of state.store.list(`${kind.group}/${kind.plural}`, namespace))
      if (!metadata.deletionTimestamp)
        deleteObject(state, { kind, namespace, name: metadata.name }, {});
  }
  finish(state, namespace);
}

/** Lets a terminating namespace go when it is empty. */
function finish(state: ServerState, namespace: string): void {
  const { store } = state;
  const live = store.get(KEY, "", namespace);
  if (!live?.metadata.deletionTimestamp) return;
  const left = store.keys().some((key) => key !== KEY && store.list(key, namespace).length > 0);
  if (left) return;
  const spec = isMap(live.spec) ? live.spec : {};
  const finalizers = Array.isArray(spec.finalizers) ? spec.finalizers : [];
  const others = finalizers.filter((each) => each !== "kubernetes");
  if (others.length !== finalizers.length) {
    const { finalizers: _, ...rest } = spec;
    store.put(KEY, { ...live, spec: others.length > 0 ? { ...rest, finalizers: others } : rest });
  }
  if (others.length === 0 && !live.metadata.finalizers?.length) store.remove(KEY, "", namespace);
}
