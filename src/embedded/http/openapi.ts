import type { KindRegistry } from "../kinds/kind-registry.ts";
import { apiVersionOf, type ServedKind } from "../kinds/served-kind.ts";
import type { Shape } from "../kinds/shape.ts";

/** `/openapi/v3`: where the document of each group version is. */
export function openApiIndex(kinds: KindRegistry): object {
  const versions = new Set(kinds.all().map(pathOf));
  return {
    paths: Object.fromEntries(
      [...versions].map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}` }]),
    ),
  };
}

/** `/openapi/v3/apis/apps/v1`: types of one group version, without descriptions; undefined when it is not served. */
export function openApiDocument(kinds: KindRegistry, path: string): object | undefined {
  const served = kinds.all().filter((kind) => pathOf(kind) === path);
  if (served.length === 0) return undefined;
  const schemas: Record<string, object> = {};
  const paths: Record<string, object> = {};
  for (const kind of served) {
    const name = schemaName(kind);
    const { group, version } = kind;
    const gvk = [{ group, version, kind: kind.kind }];
    schemas[name] = { ...schemaOf(kind.shape), "x-kubernetes-group-version-kind": gvk };
    paths[urlOf(kind)] = pathItem(kind);
  }
  return {
    openapi: "3.0.0",
    info: { title: "kplan embedded cluster", version: "v1" },
    paths,
    components: { schemas },
  };
}

/** `/openapi/v2`: as much as old clients need to go on. */
export function openApiV2(): object {
  return {
    swagger: "2.0",
    info: { title: "kplan embedded cluster", version: "v1" },
    paths: {},
    definitions: {},
  };
}

function pathOf(kind: ServedKind): string {
  return kind.group ? `apis/${apiVersionOf(kind)}` : `api/${kind.version}`;
}

function urlOf(kind: ServedKind): string {
  const scope = kind.namespaced ? "/namespaces/{namespace}" : "";
  return `/${pathOf(kind)}${scope}/${kind.plural}/{name}`;
}

function schemaName(kind: ServedKind): string {
  return `${kind.group || "core"}.${kind.version}.${kind.kind}`;
}

/** kubectl reads from here whether the server validates fields, and whether it knows dry runs. */
function pathItem(kind: ServedKind): object {
  const { group, version } = kind;
  const parameters = ["dryRun", "fieldManager", "fieldValidation", "force"].map((name) => ({
    name,
    in: "query",
    schema: { type: "string", uniqueItems: true },
  }));
  const ref = { $ref: `#/components/schemas/${schemaName(kind)}` };
  const content = { "application/json": { schema: ref } };
  const operation = (action: string): object => ({
    operationId: `${action}${kind.kind}`,
    parameters,
    responses: { "200": { description: "OK", content } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group, version, kind: kind.kind },
  });
  return { get: operation("get"), put: operation("put"), patch: operation("patch") };
}

/** A shape as an OpenAPI schema. */
function schemaOf(shape: Shape): object {
  switch (shape.type) {
    case "any":
      return { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    case "struct": {
      const required = [...shape.fields].filter(([, field]) => field.required && !field.always);
      return {
        type: "object",
        properties: Object.fromEntries(
          [...shape.fields].map(([name, field]) => [name, schemaOf(field.shape)]),
        ),
        ...(required.length > 0 && { required: required.map(([name]) => name) }),
        ...(shape.open && { "x-kubernetes-preserve-unknown-fields": true }),
      };
    }
    case "map":
      return { type: "object", additionalProperties: schemaOf(shape.of) };
    case "list": {
      const keys = Array.isArray(shape.by) ? shape.by : undefined;
      return {
        type: "array",
        items: schemaOf(shape.of),
        "x-kubernetes-list-type": keys ? "map" : shape.by,
        ...(keys && { "x-kubernetes-list-map-keys": keys }),
      };
    }
    case "int":
      return { type: "integer" };
    case "num":
      return { type: "number" };
    case "bool":
      return { type: "boolean" };
    case "intstr":
    case "quantity":
      return { oneOf: [{ type: "string" }, { type: "number" }] };
    default:
      return { type: "string" };
  }
}
