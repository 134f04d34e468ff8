import type { ListQuery } from "../../model/cluster.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { LABEL } from "../../model/names.ts";

/** The query that shows an object among its instance's, so that objects of one kind share a watch; the object alone when it is not labelled so. */
export function ownQuery(object: KubeObject): ListQuery {
  const { apiVersion, kind, metadata } = object;
  const instance = metadata.labels?.[LABEL.instance];
  const { namespace } = metadata;
  const query = namespace === undefined ? { apiVersion, kind } : { apiVersion, kind, namespace };
  return instance === undefined
    ? { ...query, name: metadata.name }
    : { ...query, labelSelector: `${LABEL.instance}=${instance}` };
}
