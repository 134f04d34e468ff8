import type { Cluster } from "../../model/cluster.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, type ObjectRef, refOf } from "../../model/kube-object.ts";
import { LABEL, SIMULATION_KEY, SIMULATION_LABEL, simulationName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Simulation } from "../../model/simulation.ts";
import { readSimulation, SIMULATION_FILE } from "../../package/read-simulation.ts";

/** An instance by its place. */
interface Where {
  readonly namespace: string;
  readonly instance: string;
}

/** What a package's simulated pods say; undefined when it does not tell. Throws a `bad-input` KplanError with all that is wrong with it. */
export function packageSimulation(pkg: Pick<OperatorPackage, "files">): Simulation | undefined {
  const bytes = pkg.files.get(SIMULATION_FILE);
  if (bytes === undefined) return undefined;
  const { simulation, issues } = readSimulation(new TextDecoder().decode(bytes));
  if (issues.length === 0) return simulation;
  throw new KplanError("simulate", `${SIMULATION_FILE} of the package cannot be used`, {
    kind: "bad-input",
    issues,
  });
}

/** Tells the embedded cluster what the pods of an instance say: in a ConfigMap beside it, or by its absence. */
export async function storeSimulation(
  cluster: Cluster,
  where: Where,
  simulation: Simulation | undefined,
): Promise<void> {
  const live = await cluster.get(refIn(where));
  const wanted = simulation && simulationMap(where, simulation);
  if (wanted === undefined) {
    if (live) await remove(cluster, live);
    return;
  }
  if (live === undefined) await cluster.create(wanted);
  else if (JSON.stringify(live.data) !== JSON.stringify(wanted.data)) {
    const { resourceVersion = "" } = live.metadata;
    await cluster.replace({ ...wanted, metadata: { ...wanted.metadata, resourceVersion } });
  }
}

/** The instance is gone: so is what its pods say. */
export async function dropSimulation(cluster: Cluster, where: Where): Promise<void> {
  const live = await cluster.get(refIn(where));
  if (live) await remove(cluster, live);
}

async function remove(cluster: Cluster, live: KubeObject): Promise<void> {
  const { uid } = live.metadata;
  await cluster.delete(refOf(live), uid === undefined ? {} : { uid });
}

function refIn({ namespace, instance }: Where): ObjectRef {
  return { apiVersion: "v1", kind: "ConfigMap", namespace, name: simulationName(instance) };
}

function simulationMap(
  { namespace, instance }: Where,
  simulation: Simulation,
): KubeObject & { readonly data: Readonly<Record<string, string>> } {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: simulationName(instance),
      namespace,
      labels: { [LABEL.instance]: instance, [SIMULATION_LABEL]: "true" },
    },
    data: { [SIMULATION_KEY]: JSON.stringify(simulation) },
  };
}
