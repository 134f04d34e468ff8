import {
  renamedObject,
  type Serves,
  upgradeObject,
  upgradeText,
  versionsToAsk,
} from "../../api-upgrade/upgrade-object.ts";
import { ClusterError } from "../../model/cluster.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import type { LiveLookup, LiveObjects } from "./materialize-live.ts";

/** Objects in versions of their APIs that the server serves, as far as that can be done. */
export interface UpgradedObjects extends Pick<LiveObjects, "notServed" | "notes"> {
  readonly objects: readonly KubeObject[];
}

/**
 * Says objects of APIs that were taken away in the versions that took their place, when only these are served. One that cannot be said so is among `notServed`, with the
 * reason. Asks the server about such versions alone. Throws ClusterError when it cannot be asked.
 */
export async function upgradeApis(
  objects: readonly KubeObject[],
  act: "apply" | "delete",
  lookup: Pick<LiveLookup, "cluster" | "requests">,
): Promise<UpgradedObjects> {
  const serves = await servedVersions(objects, lookup);
  const upgraded: KubeObject[] = [];
  const notServed: LiveObjects["notServed"][number][] = [];
  const notes: string[] = [];
  for (const object of objects) {
    if (act === "delete") {
      upgraded.push(renamedObject(object, serves));
      continue;
    }
    const found = upgradeObject(object, serves);
    if (found === undefined) upgraded.push(object);
    else if (found.kind === "converted") {
      upgraded.push(found.object);
      notes.push(upgradeText(found.object, found.from, found.notes));
    } else {
      const { message, hint } = found;
      const details = { ref: refOf(object), ...(hint !== undefined && { hint }) };
      notServed.push({ object, error: new ClusterError("not-served", message, details) });
    }
  }
  return { objects: upgraded, notServed, notes };
}

async function servedVersions(
  objects: readonly KubeObject[],
  { cluster, requests }: Pick<LiveLookup, "cluster" | "requests">,
): Promise<Serves> {
  const asked = new Map(
    objects.flatMap((object) =>
      versionsToAsk(object).map((apiVersion) => [
        `${apiVersion} ${object.kind}`,
        { apiVersion, kind: object.kind },
      ]),
    ),
  );
  const served = new Set<string>();
  if (asked.size === 0) return () => true;
  const { APIVersions } = await requests(() => cluster.capabilities());
  // A version that is not there at all needs no question about its kinds.
  const open = [...asked].filter(([, { apiVersion }]) => APIVersions.includes(apiVersion));
  await Promise.all(
    open.map(async ([key, { apiVersion, kind }]) => {
      try {
        await requests(() => cluster.resourceOf(apiVersion, kind));
        served.add(key);
      } catch (error) {
        if (!(error instanceof ClusterError && error.kind === "not-served")) throw error;
      }
    }),
  );
  return (apiVersion, kind) => served.has(`${apiVersion} ${kind}`);
}
