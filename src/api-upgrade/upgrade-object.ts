import { type KubeObject, refOf, refText } from "../model/kube-object.ts";
import { type KnownUpgrade, knownUpgrade } from "./known-upgrades.ts";

/** Whether a server serves a kind. */
export type Serves = (apiVersion: string, kind: string) => boolean;

/** What becomes of an object whose API is gone. */
export type Upgraded =
  | {
      readonly kind: "converted";
      /** As the newer version says it. */
      readonly object: KubeObject;
      readonly from: string;
      readonly notes: readonly string[];
    }
  | {
      readonly kind: "refused";
      /** One sentence. */
      readonly message: string;
      readonly hint?: string;
    };

/**
 * An object of a version of its API that the server serves no more, in the version that took its place. Undefined when there is nothing to do: the version is served, is none
 * of those that Kubernetes took away, or none of its successors is served either.
 */
export function upgradeObject(object: KubeObject, serves: Serves): Upgraded | undefined {
  const { apiVersion, kind } = object;
  const known = knownUpgrade(apiVersion, kind);
  if (known === undefined || serves(apiVersion, kind)) return undefined;
  const what = refText(refOf(object));
  if (known.to.length === 0) {
    const message = `${what}: ${apiVersion} ${kind} was taken away from Kubernetes, and nothing took its place`;
    return { kind: "refused", message, ...(known.hint !== undefined && { hint: known.hint }) };
  }
  const to = known.to.find((version) => serves(version, kind));
  if (to === undefined) return undefined;
  const converted = known.convert(object);
  if ("problem" in converted) {
    const message = `${what} cannot be converted from ${apiVersion} to ${to}: ${converted.problem}`;
    const { hint } = converted;
    return { kind: "refused", message, ...(hint !== undefined && { hint }) };
  }
  const upgraded = { ...converted.object, apiVersion: to };
  return { kind: "converted", object: upgraded, from: apiVersion, notes: converted.notes };
}

/** The same object by name alone, for deleting it: nothing of it but its name counts. */
export function renamedObject(object: KubeObject, serves: Serves): KubeObject {
  const { apiVersion, kind } = object;
  const known = knownUpgrade(apiVersion, kind);
  if (known === undefined || serves(apiVersion, kind)) return object;
  const to = known.to.find((version) => serves(version, kind));
  return to === undefined ? object : { ...object, apiVersion: to };
}

/** The versions that a server has to be asked about before `upgradeObject`; none for a kind whose version was never taken away. */
export function versionsToAsk({ apiVersion, kind }: KubeObject): readonly string[] {
  const known: KnownUpgrade | undefined = knownUpgrade(apiVersion, kind);
  return known === undefined ? [] : [apiVersion, ...known.to];
}

/** What a person is told of a converted object: `PodDisruptionBudget zk-pdb: policy/v1beta1 is not served, it is applied as policy/v1`. */
export function upgradeText(object: KubeObject, from: string, notes: readonly string[]): string {
  const head = `${refText(refOf(object))}: ${from} is not served, it is applied as ${object.apiVersion}`;
  return [head, ...notes].join("; ");
}
