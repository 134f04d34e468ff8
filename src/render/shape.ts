import type { Parameter } from "../model/parameter.ts";
import type { TemplateScope } from "../model/scope.ts";

/** What is known about a value before it is there. */
export type Shape =
  /** Nothing. */
  | { readonly kind: "open" }
  /** No list and no map; `what` says it to people: `a text`. */
  | { readonly kind: "scalar"; readonly what: string }
  /** A map of any members. */
  | { readonly kind: "map" }
  | { readonly kind: "list"; readonly item: Shape }
  /** A map of just these members. */
  | KnownMap;

/** A map whose members are all known; `role` tells apart what messages and `usedParameters` care about. */
export interface KnownMap {
  readonly kind: "record";
  readonly role: "root" | "params" | "secret" | "other";
  readonly members: ReadonlyMap<string, Shape>;
}

/**
 * All that a template can name, with these parameters declared; every parameter is thought to be when `parameters` is undefined.
 * @param hasRecord it stands in an `Exec` task with `record`
 */
export function scopeShape(
  parameters: readonly Parameter[] | undefined,
  hasRecord = false,
): KnownMap {
  const params: Shape = record(
    "params",
    Object.fromEntries((parameters ?? []).map((each) => [each.name, parameterShape(each)])),
  );
  const members: { [Name in keyof TemplateScope]: Shape } = {
    ...(hasRecord && { Record: record("other", { state: TEXT, token: TEXT }) }),
    Name: TEXT,
    Namespace: TEXT,
    OperatorName: TEXT,
    OperatorVersion: TEXT,
    AppVersion: TEXT,
    PlanName: TEXT,
    PhaseName: TEXT,
    StepName: TEXT,
    TaskName: TEXT,
    Params: params,
    Pipes: { kind: "map" },
    Facts: { kind: "map" },
    Capabilities: record("other", {
      KubeVersion: record("other", { Major: INTEGER, Minor: INTEGER }),
      APIVersions: { kind: "list", item: TEXT },
    }),
  };
  return record("root", members);
}

const TEXT: Shape = { kind: "scalar", what: "a text" };
const INTEGER: Shape = { kind: "scalar", what: "an integer" };

function parameterShape({ type }: Parameter): Shape {
  switch (type) {
    case "string":
      return TEXT;
    case "integer":
      return INTEGER;
    case "number":
      return { kind: "scalar", what: "a number" };
    case "boolean":
      return { kind: "scalar", what: "a boolean" };
    case "array":
      return { kind: "list", item: { kind: "open" } };
    case "map":
      return { kind: "map" };
    case "secret":
      return record("secret", { name: TEXT, key: TEXT });
  }
}

function record(role: KnownMap["role"], members: { readonly [name: string]: Shape }): KnownMap {
  return { kind: "record", role, members: new Map(Object.entries(members)) };
}
