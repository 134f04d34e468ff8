import type { KindRules } from "../kinds/kind-rules.ts";
import { mapAt } from "./rule.ts";

/** Namespaces. */
export const namespaceRules: KindRules = {
  defaults: (draft) => {
    const metadata = mapAt(draft, "metadata");
    mapAt(metadata, "labels")["kubernetes.io/metadata.name"] = metadata.name;
  },
  beforeCreate: (draft) => {
    mapAt(draft, "spec").finalizers = ["kubernetes"];
    draft.status = { phase: "Active" };
  },
  beforeUpdate: (draft, before) => {
    draft.spec = before.spec;
  },
};
