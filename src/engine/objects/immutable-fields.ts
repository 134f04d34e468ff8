import { ClusterError } from "../../model/cluster.ts";
import { isMap } from "../../model/json.ts";
import { type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import { quantity } from "../../model/quantity.ts";

/** Kinds that hold what nobody can make anew: data, and whatever lives in a namespace or is of a kind. */
const NEVER: readonly string[] = [
  "PersistentVolumeClaim",
  "PersistentVolume",
  "Namespace",
  "CustomResourceDefinition",
];

/** Kinds whose pods an object of the same name can take over, by its selector. */
const ADOPTING: readonly string[] = ["StatefulSet", "Deployment", "ReplicaSet", "DaemonSet"];

/** Whether an object may be deleted and made anew for a field that cannot be changed. */
export function isReplaceable({ kind }: KubeObject): boolean {
  return !NEVER.includes(kind);
}

/** The refusal of a change to a field that cannot be changed, with the fields that it is about and the ways on: the step's word, and the command for doing it by hand. Any other error as it is. */
export function withWayOn(error: unknown, object: KubeObject, live: KubeObject): unknown {
  if (!(error instanceof ClusterError && error.immutable)) return error;
  const fields = isVague(error) ? changedFields(object, live) : [];
  const changed = fields.length === 0 ? "" : ` (changed: ${fields.join(", ")})`;
  return new ClusterError(error.kind, `${error.message}${changed}`, {
    status: error.status,
    immutable: true,
    cause: error,
    ...(error.ref && { ref: error.ref }),
    hint: wayOn(object, live),
  });
}

/** Why an object cannot be made anew around what the one of its name has made; undefined when it can. */
export function orphanProblem(object: KubeObject, live: KubeObject): string | undefined {
  const what = refText(refOf(object));
  if (object.kind === "Job")
    return `${what} cannot be made anew with \`onImmutable: orphan\`: pods of the old one would go on beside those of the new one; use recreate`;
  if (!ADOPTING.includes(object.kind) || selects(object, live)) return undefined;
  return `${what} cannot be made anew with \`onImmutable: orphan\`: its new selector does not fit the pods that are there, and nobody would keep them; use recreate`;
}

/** What is to be known of the claims of a StatefulSet that is made anew; undefined when nothing. */
export function claimsNote(object: KubeObject, live: KubeObject): string | undefined {
  const [wanted, there] = [claimTemplates(object), claimTemplates(live)];
  const kept = [...there.keys()].filter((name) => !fits(wanted.get(name), there.get(name)));
  if (kept.length === 0) return undefined;
  return `claims ${kept.map((name) => `${name}-${object.metadata.name}-*`).join(", ")} stay as they are: what the new template asks for holds only for claims that do not exist yet`;
}

function wayOn(object: KubeObject, live: KubeObject): string {
  const { name, namespace } = object.metadata;
  const kind = object.kind.toLowerCase();
  if (object.kind === "PersistentVolumeClaim")
    return "a claim can only grow: give the data a new claim of another name, or leave the field as it is";
  if (!isReplaceable(object))
    return `leave the field as it is: kplan never deletes a ${object.kind} to make it anew`;
  const base = `kubectl ${namespace === undefined ? "" : `-n ${namespace} `}delete ${kind} ${name}`;
  const canOrphan = ADOPTING.includes(object.kind) && orphanProblem(object, live) === undefined;
  return canOrphan
    ? `\`onImmutable: orphan\` of the step makes it anew around its pods, \`recreate\` deletes them too; by hand: ${base} --cascade=orphan, then give the same command again`
    : `\`onImmutable: recreate\` of the step makes it anew, and all that it has made goes with it; by hand: ${base}, then give the same command again`;
}

/** Whether the server named no field: of a StatefulSet and a Pod it only says which it would let change. */
function isVague({ message }: ClusterError): boolean {
  return /for fields other than|change fields other than/.test(message);
}

/** Fields that the server lets change. */
const CHANGEABLE: Readonly<Record<string, readonly string[]>> = {
  StatefulSet: [
    "replicas",
    "template",
    "updateStrategy",
    "minReadySeconds",
    "persistentVolumeClaimRetentionPolicy",
    "ordinals",
    "revisionHistoryLimit",
  ],
  Pod: ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"],
};

function changedFields(object: KubeObject, live: KubeObject): string[] {
  const [wanted, there] = [mapIn(object.spec), mapIn(live.spec)];
  const free = CHANGEABLE[object.kind] ?? [];
  return Object.keys(wanted)
    .filter((key) => !free.includes(key) && !fits(wanted[key], there[key]))
    .map((key) => `spec.${key}`);
}

/** Whether the pods that an object made are selected by the new one. */
function selects(object: KubeObject, live: KubeObject): boolean {
  const selector = mapIn(mapIn(object.spec).selector);
  const labels = mapIn(mapIn(mapIn(mapIn(live.spec).template).metadata).labels);
  const before = mapIn(mapIn(live.spec).selector);
  const isSame = fits(selector, before) && fits(before, selector);
  const expressions = selector.matchExpressions;
  if (isSame) return true;
  if (Array.isArray(expressions) && expressions.length > 0) return false;
  return Object.entries(mapIn(selector.matchLabels)).every(([key, value]) => labels[key] === value);
}

function claimTemplates({ spec }: KubeObject): ReadonlyMap<string, unknown> {
  const { volumeClaimTemplates } = mapIn(spec);
  const all = Array.isArray(volumeClaimTemplates) ? volumeClaimTemplates.filter(isMap) : [];
  return new Map(all.map((claim) => [String(mapIn(claim.metadata).name), claim.spec]));
}

/** Whether what is wanted is there, whatever the server has added. */
function fits(wanted: unknown, there: unknown): boolean {
  if (wanted === undefined || wanted === null) return true;
  if (Array.isArray(wanted))
    return (
      Array.isArray(there) &&
      wanted.length === there.length &&
      wanted.every((item, index) => fits(item, there[index]))
    );
  if (isMap(wanted))
    return isMap(there) && Object.entries(wanted).every(([key, value]) => fits(value, there[key]));
  if (wanted === there) return true;
  return quantity(wanted) === quantity(there);
}

function mapIn(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}
