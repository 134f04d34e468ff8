import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { LABEL, SIMULATION_KEY, SIMULATION_LABEL } from "../../model/names.ts";
import type { Simulation } from "../../model/simulation.ts";
import type { ServerState } from "../server-state.ts";

const NOTHING: Simulation = { exec: [], logs: [] };

/** What was parsed of a ConfigMap; objects of the store never change. */
const parsed = new WeakMap<KubeObject, Simulation>();

/**
 * What a pod says: the rules that its instance's package gave to the cluster (a ConfigMap labelled `kplan.dev/simulation` beside it), then those that the server was
 * started with.
 */
export function simulationOf(
  { store, simulation = NOTHING }: ServerState,
  { metadata }: KubeObject,
): Simulation {
  const instance = metadata.labels?.[LABEL.instance];
  if (instance === undefined) return simulation;
  const kept = store
    .list("/configmaps", metadata.namespace ?? "")
    .filter(
      ({ metadata: { labels = {} } }) =>
        labels[SIMULATION_LABEL] === "true" && labels[LABEL.instance] === instance,
    )
    .map(rulesIn);
  return {
    exec: [...kept.flatMap(({ exec }) => exec), ...simulation.exec],
    logs: [...kept.flatMap(({ logs }) => logs), ...simulation.logs],
    files: [...kept.flatMap(({ files = [] }) => files), ...(simulation.files ?? [])],
  };
}

/** The rules in a ConfigMap; none when somebody wrote something else into it. */
function rulesIn(map: KubeObject): Simulation {
  const known = parsed.get(map);
  if (known) return known;
  const rules = readRules(isMap(map.data) ? map.data[SIMULATION_KEY] : undefined);
  parsed.set(map, rules);
  return rules;
}

function readRules(text: unknown): Simulation {
  try {
    const { exec, logs, files = [] } = JSON.parse(String(text)) as Partial<Simulation>;
    const isWhole = [exec, logs, files].every(Array.isArray);
    return isWhole && exec && logs ? { exec, logs, files } : NOTHING;
  } catch {
    return NOTHING;
  }
}
