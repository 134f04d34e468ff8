import { isMap } from "../model/json.ts";
import type { Conversion } from "./conversion.ts";
import { mapIn, without } from "./fields.ts";

/**
 * policy/v1beta1 → policy/v1: the same fields. An empty selector chose no pod and chooses every pod of the namespace now; no selector at all chooses none in both, and is what
 * an empty one becomes.
 */
export const disruptionBudget: Conversion = (object) => {
  const spec = mapIn(object, "spec");
  const { selector } = spec;
  if (!isMap(selector) || !isEmpty(selector)) return { object, notes: [] };
  return {
    object: { ...object, spec: without(spec, "selector") },
    notes: [
      "its empty selector is left out, because it would choose every pod of the namespace now and chose none before",
    ],
  };
};

function isEmpty(selector: Record<string, unknown>): boolean {
  const { matchLabels, matchExpressions } = selector;
  const noLabels = !isMap(matchLabels) || Object.keys(matchLabels).length === 0;
  return noLabels && (!Array.isArray(matchExpressions) || matchExpressions.length === 0);
}
