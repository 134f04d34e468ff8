import type { KubeObject } from "../../model/kube-object.ts";
import type { ServedKind } from "../kinds/served-kind.ts";
import type { ServerState } from "../server-state.ts";
import { checkQuotas } from "./quotas.ts";
import { callWebhooks } from "./webhooks.ts";

/** A write that is to be let in. */
export interface Admission {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly kind: ServedKind;
  /** As it would be stored; what goes, for a deletion. */
  readonly object: KubeObject;
  readonly subresource?: string | undefined;
}

/** Lets a valid write in, or throws ApiError: 500 for a webhook that cannot be reached, 403 where a quota has no room. */
export function admit(state: ServerState, admission: Admission): void {
  callWebhooks(state, admission);
  if (admission.operation === "CREATE") checkQuotas(state, admission.kind, admission.object);
}
