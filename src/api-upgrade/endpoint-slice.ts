import type { Conversion, Fields } from "./conversion.ts";
import { mapIn, mapsIn, without } from "./fields.ts";

const HOST = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";

/** discovery.k8s.io/v1beta1 → v1: node and zone of an endpoint are fields of their own. */
export const endpointSlice: Conversion = (object) => ({
  object: { ...object, endpoints: mapsIn(object, "endpoints").map(endpoint) },
  notes: [],
});

function endpoint(from: Fields): Fields {
  const topology = mapIn(from, "topology");
  const rest = without(topology, HOST, ZONE);
  return {
    ...without(from, "topology"),
    ...(topology[HOST] !== undefined && { nodeName: from.nodeName ?? topology[HOST] }),
    ...(topology[ZONE] !== undefined && { zone: topology[ZONE] }),
    ...(Object.keys(rest).length > 0 && { deprecatedTopology: rest }),
  };
}
