import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { PrinterColumn, ScalePaths, ServedKind } from "./served-kind.ts";
import { ANY, type FieldShape, type ListShape, type Shape, type StructShape } from "./shape.ts";
import { builtinShape } from "./type-schema.ts";

/** A CustomResourceDefinition, as far as it is read. */
export interface CustomDefinition extends KubeObject {
  spec: {
    group: string;
    scope: string;
    names: {
      plural: string;
      kind: string;
      singular?: string;
      shortNames?: string[];
      categories?: string[];
    };
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      schema?: { openAPIV3Schema?: Record<string, unknown> };
      subresources?: { status?: object; scale?: CustomScale };
      additionalPrinterColumns?: PrinterColumn[];
    }[];
  };
}

interface CustomScale {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

/** The kinds that a definition serves, one for each served version, the stored version first. */
export function customKinds({ metadata, spec }: CustomDefinition): ServedKind[] {
  const { group, names, scope } = spec;
  const served = spec.versions.filter((version) => version.served);
  served.sort((a, b) => Number(b.storage) - Number(a.storage));
  return served.map((version) => {
    const schema = version.schema?.openAPIV3Schema ?? {};
    const scale = version.subresources?.scale;
    return {
      group,
      version: version.name,
      kind: names.kind,
      plural: names.plural,
      singular: names.singular ?? names.kind.toLowerCase(),
      shortNames: names.shortNames ?? [],
      categories: names.categories ?? [],
      namespaced: scope === "Namespaced",
      shape: rootShape(names.kind, schema),
      status: version.subresources?.status !== undefined,
      ...(scale && { scale: scalePaths(scale) }),
      generation: true,
      versionedUpdate: true,
      virtual: false,
      custom: {
        definition: metadata.name,
        schema,
        columns: version.additionalPrinterColumns ?? [],
      },
    };
  });
}

function scalePaths(scale: CustomScale): ScalePaths {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return {
    replicas: specReplicasPath,
    statusReplicas: statusReplicasPath,
    ...(labelSelectorPath && { selector: labelSelectorPath }),
  };
}

/** The whole object's shape: the schema's fields, and the three that every object has. */
function rootShape(kind: string, schema: Record<string, unknown>): StructShape {
  const own = schemaShape(schema);
  const fields = new Map(own.type === "struct" ? own.fields : []);
  for (const [name, shape] of objectFields()) fields.set(name, shape);
  return {
    type: "struct",
    name: kind,
    fields,
    open: own.type === "struct" ? own.open : own.type === "any",
    atomic: false,
  };
}

/** Shape of a node of a structural schema (apiextensions.k8s.io/v1 JSONSchemaProps). */
function schemaShape(schema: unknown): Shape {
  if (!isMap(schema)) return ANY;
  if (schema["x-kubernetes-int-or-string"] === true) return { type: "intstr" };
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true;
  switch (schema.type) {
    case "string":
      return { type: "str" };
    case "integer":
      return { type: "int" };
    case "number":
      return { type: "num" };
    case "boolean":
      return { type: "bool" };
    case "array":
      return listShape(schema);
    case "object":
      return objectShape(schema, open);
    default:
      return open || schema.properties === undefined ? ANY : objectShape(schema, open);
  }
}

function listShape(schema: Record<string, unknown>): ListShape {
  const keys = schema["x-kubernetes-list-map-keys"];
  const type = schema["x-kubernetes-list-type"];
  const by = type === "set" ? "set" : type === "map" && Array.isArray(keys) ? keys : "atomic";
  return { type: "list", of: schemaShape(schema.items), by, patch: "replace" };
}

function objectShape(schema: Record<string, unknown>, open: boolean): Shape {
  const atomic = schema["x-kubernetes-map-type"] === "atomic";
  const properties = schema.properties;
  const additional = schema.additionalProperties;
  if (!isMap(properties) && additional !== undefined && additional !== false)
    return { type: "map", of: schemaShape(additional), atomic };
  if (!isMap(properties) && open) return ANY;
  const fields = new Map<string, FieldShape>();
  for (const [name, child] of Object.entries(isMap(properties) ? properties : {}))
    fields.set(name, field(schemaShape(child)));
  if (schema["x-kubernetes-embedded-resource"] === true)
    for (const [name, shape] of objectFields()) fields.set(name, shape);
  return { type: "struct", name: "", fields, open, atomic };
}

function objectFields(): [string, FieldShape][] {
  return [
    ["apiVersion", field({ type: "str" })],
    ["kind", field({ type: "str" })],
    ["metadata", field(builtinShape("ObjectMeta"))],
  ];
}

function field(shape: Shape): FieldShape {
  return { shape, required: false, always: false, retainKeys: false };
}
