import { quotaStatus } from "../admission/quotas.ts";
import type { ServerState } from "../server-state.ts";

/** Keeps the counts in the status of ResourceQuotas, after every change in their namespaces. The answer stops it. */
export function startQuotas(state: ServerState): () => void {
  const KEY = "/resourcequotas";
  return state.store.subscribe("*", ({ object }) => {
    const { namespace } = object.metadata;
    if (namespace === undefined || !state.store.keys().includes(KEY)) return;
    for (const quota of state.store.list(KEY, namespace)) {
      const status = quotaStatus(state, quota);
      if (JSON.stringify(status) !== JSON.stringify(quota.status))
        state.store.put(KEY, { ...quota, status });
    }
  });
}
