import { isMap } from "../model/json.ts";
import type { Conversion } from "./conversion.ts";
import { mapIn, without } from "./fields.ts";

/** flowcontrol.apiserver.k8s.io/v1beta1 and v1beta2 → v1beta3 and v1: shares have another name. */
export const priorityLevel: Conversion = (object) => {
  const spec = mapIn(object, "spec");
  const { limited } = spec;
  if (!isMap(limited) || limited.assuredConcurrencyShares === undefined)
    return { object, notes: [] };
  const renamed = {
    ...without(limited, "assuredConcurrencyShares"),
    nominalConcurrencyShares: limited.assuredConcurrencyShares,
  };
  return { object: { ...object, spec: { ...spec, limited: renamed } }, notes: [] };
};
