import { isMap } from "../model/json.ts";
import type { KubeObject, ObjectMeta } from "../model/kube-object.ts";
import type { Conversion, Fields } from "./conversion.ts";
import { mapIn, mapsIn, without } from "./fields.ts";
import { structuralSchema } from "./structural-schema.ts";

/** Fields of spec that v1 has for each version, or not at all. */
const OLD_FIELDS = [
  "version",
  "validation",
  "subresources",
  "additionalPrinterColumns",
  "preserveUnknownFields",
  "conversion",
];
const APPROVAL = "api-approved.kubernetes.io";

/**
 * apiextensions.k8s.io/v1beta1 → v1: each version has a structural schema, subresources and columns of its own. Where unknown fields were kept, they are: in the schema's every
 * object. A check that a structural schema cannot make is left out, and said.
 */
export const customResourceDefinition: Conversion = (object) => {
  const spec = mapIn(object, "spec");
  const versions = versionsOf(spec);
  if (versions.length === 0) return { problem: "it names no version" };
  if (versions.filter(({ storage }) => storage === true).length !== 1)
    return { problem: "not exactly one of its versions is the one that is stored" };
  const conversion = conversionOf(spec);
  if (conversion !== undefined && "problem" in conversion) return conversion;
  const dropped = new Set<string>();
  const converted: Fields = {
    ...without(spec, ...OLD_FIELDS),
    scope: spec.scope ?? "Namespaced",
    versions: versions.map((version) => versionOf(version, spec, dropped)),
    ...(conversion && { conversion: conversion.conversion }),
  };
  const { metadata, notes } = approved(object, spec);
  return {
    object: { ...(without(object, "status") as KubeObject), metadata, spec: converted },
    notes: [...notes, ...dropped],
  };
};

function versionsOf(spec: Fields): Fields[] {
  const versions = mapsIn(spec, "versions");
  if (versions.length > 0) return versions;
  return typeof spec.version === "string"
    ? [{ name: spec.version, served: true, storage: true }]
    : [];
}

function versionOf(version: Fields, spec: Fields, dropped: Set<string>): Fields {
  const own = isMap(version.schema) ? version.schema : mapIn(spec, "validation");
  const subresources = version.subresources ?? spec.subresources;
  const columns = columnsOf(version) ?? columnsOf(spec);
  const schema = structuralSchema(mapIn(own, "openAPIV3Schema"), {
    keepsUnknown: spec.preserveUnknownFields !== false,
    drop: (what) => dropped.add(what),
  });
  return {
    ...without(version, "schema", "subresources", "additionalPrinterColumns"),
    schema: { openAPIV3Schema: schema },
    ...(isMap(subresources) && { subresources }),
    ...(columns && { additionalPrinterColumns: columns }),
  };
}

function columnsOf(from: Fields): Fields[] | undefined {
  const columns = mapsIn(from, "additionalPrinterColumns");
  if (columns.length === 0) return undefined;
  return columns.map((column) => ({
    ...without(column, "JSONPath"),
    jsonPath: column.JSONPath ?? column.jsonPath,
  }));
}

function conversionOf(
  spec: Fields,
): { readonly conversion: Fields } | { readonly problem: string } | undefined {
  const { conversion } = spec;
  if (!isMap(conversion)) return undefined;
  if (conversion.strategy !== "Webhook") return { conversion: { strategy: "None" } };
  const { webhookClientConfig: clientConfig, conversionReviewVersions } = conversion;
  if (!isMap(clientConfig)) return { problem: "its conversion names no webhook" };
  const webhook = {
    clientConfig,
    conversionReviewVersions: conversionReviewVersions ?? ["v1beta1"],
  };
  return { conversion: { strategy: "Webhook", webhook } };
}

/** v1 takes a group of Kubernetes' own only from whoever says that it was approved, or was not. */
function approved(
  { metadata }: KubeObject,
  { group }: Fields,
): { readonly metadata: ObjectMeta; readonly notes: readonly string[] } {
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(String(group));
  const annotations = metadata.annotations ?? {};
  if (!isProtected || Object.hasOwn(annotations, APPROVAL)) return { metadata, notes: [] };
  const value = "unapproved, converted from apiextensions.k8s.io/v1beta1";
  return {
    metadata: { ...metadata, annotations: { ...annotations, [APPROVAL]: value } },
    notes: [
      `its group ${String(group)} is one of Kubernetes' own: annotation ${APPROVAL} says that it is unapproved`,
    ],
  };
}
