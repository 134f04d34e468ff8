import { isMap } from "../../model/json.ts";
import type { FieldProblem } from "../http/api-error.ts";
import type { KindRules } from "../kinds/kind-rules.ts";
import {
  type Draft,
  invalidValue,
  mapAt,
  problem,
  required,
  unsupported,
  valueAt,
} from "./rule.ts";

const MODES = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** PersistentVolumeClaims; the default StorageClass is filled in. */
export const claimRules: KindRules = {
  defaults: defaultClaim,
  beforeCreate: (draft, { store }) => {
    draft.status = { phase: "Pending" };
    const spec = mapAt(draft, "spec");
    const chosen = store
      .list("storage.k8s.io/storageclasses")
      .find(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true");
    if (chosen) spec.storageClassName ??= chosen.metadata.name;
    const metadata = mapAt(draft, "metadata");
    metadata.finalizers ??= ["kubernetes.io/pvc-protection"];
  },
  check: ({ spec }) => checkClaimSpec(spec, "spec"),
  checkUpdate: ({ spec }, before) => {
    const fixed = (value: unknown): string => {
      const { resources, volumeName, volumeAttributesClassName, ...rest } = (value ?? {}) as Draft;
      const requests = valueAt(resources, "requests");
      const { storage: _, ...others } = isMap(requests) ? requests : {};
      const name = valueAt(before.spec, "volumeName") ? volumeName : "";
      return JSON.stringify([Object.entries(rest).sort(), others, name]);
    };
    return fixed(spec) === fixed(before.spec)
      ? []
      : [
          problem(
            "spec",
            "FieldValueForbidden",
            "Forbidden: spec is immutable after creation except resources.requests for bound claims",
          ),
        ];
  },
};

/** PersistentVolumes. */
export const volumeRules: KindRules = {
  defaults: (draft) => {
    const spec = mapAt(draft, "spec");
    spec.persistentVolumeReclaimPolicy ??= "Retain";
    spec.volumeMode ??= "Filesystem";
  },
  beforeCreate: (draft) => {
    draft.status = { phase: "Pending" };
    mapAt(draft, "metadata").finalizers ??= ["kubernetes.io/pv-protection"];
  },
};

/** StorageClasses. */
export const storageClassRules: KindRules = {
  defaults: (draft) => {
    draft.reclaimPolicy ??= "Delete";
    draft.volumeBindingMode ??= "Immediate";
  },
  checkUpdate: (object, before) =>
    (["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] as const).flatMap(
      (field) =>
        JSON.stringify(object[field]) === JSON.stringify(before[field])
          ? []
          : [
              problem(
                field,
                "FieldValueForbidden",
                `Forbidden: updates to ${field} are forbidden.`,
              ),
            ],
    ),
};

/** Fills in a claim or a claim template. */
export function defaultClaim(claim: Draft): void {
  mapAt(claim, "spec").volumeMode ??= "Filesystem";
}

/** Validates the spec of a claim or claim template. */
export function checkClaimSpec(spec: unknown, path: string): FieldProblem[] {
  const found: FieldProblem[] = [];
  const modes = valueAt(spec, "accessModes");
  if (!Array.isArray(modes) || modes.length === 0)
    found.push(required(`${path}.accessModes`, "at least 1 access mode is required"));
  else
    for (const mode of modes)
      if (!MODES.includes(mode)) found.push(unsupported(`${path}.accessModes`, mode, MODES));
  const storage = valueAt(spec, "resources.requests.storage");
  if (storage === undefined) found.push(required(`${path}.resources[storage]`));
  else if (Number.parseFloat(String(storage)) <= 0)
    found.push(invalidValue(`${path}.resources[storage]`, storage, "must be greater than zero"));
  return found;
}
