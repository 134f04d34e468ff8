import { isMap } from "../../model/json.ts";
import type { FieldProblem } from "../http/api-error.ts";
import type { KindRules } from "../kinds/kind-rules.ts";
import { immutable, invalidValue, mapAt, mapsOf, required, unsupported, valueAt } from "./rule.ts";
import { structuralProblems } from "./structural-schema.ts";

/** CustomResourceDefinitions (apiextensions.k8s.io/v1); a new one is established with the answer. */
export const customDefinitionRules: KindRules = {
  defaults: (draft) => {
    const spec = mapAt(draft, "spec");
    const names = mapAt(spec, "names");
    const kind = String(names.kind ?? "");
    names.singular ??= kind.toLowerCase();
    names.listKind ??= `${kind}List`;
    spec.conversion ??= { strategy: "None" };
  },
  beforeCreate: (draft) => {
    draft.status = {
      acceptedNames: { kind: "", plural: "" },
      conditions: [],
      storedVersions: storedVersions(draft.spec),
    };
  },
  check: ({ metadata, spec }) => {
    const [plural, group] = [valueAt(spec, "names.plural"), valueAt(spec, "group")];
    const found: FieldProblem[] = [];
    if (metadata.name !== `${plural}.${group}`)
      found.push(
        invalidValue("metadata.name", metadata.name, 'must be spec.names.plural+"."+spec.group'),
      );
    for (const field of ["group", "scope", "names.plural", "names.kind"])
      if (!valueAt(spec, field)) found.push(required(`spec.${field}`));
    const scope = valueAt(spec, "scope");
    if (scope && scope !== "Namespaced" && scope !== "Cluster")
      found.push(unsupported("spec.scope", scope, ["Cluster", "Namespaced"]));
    return [...found, ...checkVersions(valueAt(spec, "versions"))];
  },
  checkUpdate: ({ spec }, before) =>
    immutable(spec, before.spec, ["group", "scope", "names.kind", "names.plural"]),
};

function storedVersions(spec: unknown): unknown[] {
  return mapsOf(valueAt(spec, "versions"))
    .filter(({ storage }) => storage === true)
    .map(({ name }) => name);
}

function checkVersions(value: unknown): FieldProblem[] {
  const versions = mapsOf(value);
  const found: FieldProblem[] = [];
  if (versions.filter(({ storage }) => storage === true).length !== 1)
    found.push(
      invalidValue(
        "spec.versions",
        versions,
        "must have exactly one version marked as storage version",
      ),
    );
  versions.forEach((version, index) => {
    const schema = valueAt(version, "schema.openAPIV3Schema");
    const at = `spec.versions[${index}].schema.openAPIV3Schema`;
    if (isMap(schema)) found.push(...structuralProblems(schema, at));
    else found.push(required(at, "schemas are required"));
  });
  return found;
}
