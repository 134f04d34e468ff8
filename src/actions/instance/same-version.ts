import { canonicalJson } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { packageOfOperatorVersion } from "../../package/kudo/kudo-from-version.ts";
import { operatorVersionObject } from "../../store/operator-objects.ts";

/**
 * Whether an OperatorVersion says what a KUDO package says: the same tasks, plans, parameters and templates. KUDO made one without a digest, and one that was made of such a
 * one has another digest than the package that KUDO had; a difference in nothing but that, or in files that no OperatorVersion has, is none. False for native packages.
 */
export function saysTheSame(pkg: OperatorPackage, present: KubeObject): boolean {
  if (pkg.dialect !== "kudo") return false;
  const [wanted, is] = [operatorVersionObject(pkg, ""), present].map(meaningOf);
  return wanted !== undefined && wanted === is;
}

function meaningOf(operatorVersion: KubeObject): string | undefined {
  const { pkg } = packageOfOperatorVersion(operatorVersion);
  if (!pkg) return undefined;
  const { name, appVersion = "", operatorVersion: version, tasks, plans } = pkg.operator;
  // Where it is declared, and words for people, are no difference.
  const parameters = pkg.parameters.map(
    ({ at: _, description: __, displayName: ___, ...rest }) => rest,
  );
  const templates = Object.fromEntries(pkg.templates);
  return canonicalJson({ name, appVersion, version, tasks, plans, parameters, templates });
}
