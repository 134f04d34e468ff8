import type { Health } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { conditionOf, isTrue } from "../conditions.ts";
import type { HealthRule } from "../rule.ts";
import { failed, progressing, ready } from "../verdict.ts";

/** Ready when its names are accepted and the kind is served. */
export const customResourceDefinition: HealthRule = { judge };

function judge(object: KubeObject): Health {
  const names = conditionOf(object, "NamesAccepted");
  if (names?.status === "False")
    return failed(
      "NamesNotAccepted",
      `CustomResourceDefinition ${object.metadata.name}: ${names.message || names.reason}`,
      { hint: `kubectl describe customresourcedefinition ${object.metadata.name}` },
    );
  if (names?.status === "True" && isTrue(object, "Established")) return ready("served");
  return progressing("waiting for the API server to serve it", names?.status);
}
