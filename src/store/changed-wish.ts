import { isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { FIELD_MANAGER } from "../model/names.ts";

/**
 * What is to be said when somebody has changed what an Instance asks for (`spec.parameters`, `spec.operatorVersion`) while a run goes on, which keeps the values that it began
 * with; undefined when nobody has. Names parameters, never values: one may be a secret that somebody put in the wrong place.
 */
export function changedWish(before: KubeObject, now: KubeObject): string | undefined {
  const [wanted, wants] = [parametersOf(before), parametersOf(now)];
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(wants)])];
  const changed = names.filter((name) => wanted[name] !== wants[name]).sort();
  const isOtherVersion = versionOf(before) !== versionOf(now);
  if (changed.length === 0 && !isOtherVersion) return undefined;
  const what = [
    ...(changed.length === 0 ? [] : [`parameters ${changed.join(", ")}`]),
    ...(isOtherVersion ? ["operatorVersion"] : []),
  ].join(" and ");
  const who = managerOf(now) ?? "somebody";
  const next = isOtherVersion
    ? "see `kplan upgrade` once it has ended"
    : "once it has ended, `kplan update` carries them out";
  return `${who} changed ${what} of Instance ${now.metadata.name} while the run goes on; the run keeps the values it began with: ${next}`;
}

function parametersOf({ spec }: KubeObject): Readonly<Record<string, unknown>> {
  return isMap(spec) && isMap(spec.parameters) ? spec.parameters : {};
}

function versionOf({ spec }: KubeObject): unknown {
  return isMap(spec) && isMap(spec.operatorVersion) ? spec.operatorVersion.name : undefined;
}

/** Whoever wrote last beside us. */
function managerOf({ metadata }: KubeObject): string | undefined {
  const others = (metadata.managedFields ?? []).filter(
    ({ manager, fieldsV1 }) => manager !== FIELD_MANAGER && fieldsV1?.["f:spec"] !== undefined,
  );
  return others.sort((a, b) => (b.time ?? "").localeCompare(a.time ?? ""))[0]?.manager;
}
