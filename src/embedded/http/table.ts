import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { PrinterColumn, ServedKind } from "../kinds/served-kind.ts";
import { ageText, type Column, columnsOf } from "./columns.ts";

/** What rows carry of their objects (`includeObject` of a request). */
export type IncludeObject = "None" | "Metadata" | "Object";

/** Objects as a meta/v1 Table, which is what `kubectl get` asks for. */
export function tableOf(
  kind: ServedKind,
  objects: readonly KubeObject[],
  metadata: object,
  now: number,
  include: IncludeObject = "Metadata",
): object {
  const columns = kind.custom
    ? customColumns(kind.custom.columns)
    : columnsOf(kind.group, kind.kind);
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: [
      { name: "Name", type: "string", format: "name", description: "", priority: 0 },
      ...columns.map(({ name, type = "string", priority = 0 }) => ({
        name,
        type,
        format: "",
        description: "",
        priority,
      })),
    ],
    rows: objects.map((object) => ({
      cells: [object.metadata.name, ...columns.map((column) => column.cell(object, now) ?? "")],
      ...(include !== "None" && { object: include === "Object" ? object : partial(object) }),
    })),
  };
}

function partial({ metadata }: KubeObject): object {
  const { managedFields: _, ...rest } = metadata;
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: rest };
}

function customColumns(columns: readonly PrinterColumn[]): Column[] {
  if (columns.length === 0)
    return [{ name: "Age", cell: ({ metadata }, now) => ageText(metadata.creationTimestamp, now) }];
  return columns.map(({ name, type, jsonPath, priority = 0 }) => ({
    name,
    type,
    priority,
    cell: (object, now) => {
      const value = jsonPathValue(object, jsonPath);
      if (type === "date") return ageText(value, now);
      return isMap(value) || Array.isArray(value) ? JSON.stringify(value) : value;
    },
  }));
}

/** The simple JSON paths of printer columns: `.a.b`, `.a[0]`, `.a[?(@.type=="Ready")].status`, `['a.b']`. */
function jsonPathValue(object: unknown, path: string): unknown {
  const parts = path.matchAll(
    /\.([\w-]+(?:\\\.[\w-]+)*)|\[(\d+)\]|\['([^']+)'\]|\[\?\(@\.([\w-]+)==["']([^"']*)["']\)\]/g,
  );
  let at: unknown = object;
  for (const [, field, index, quoted, key, wanted] of parts) {
    const name = field?.replaceAll("\\.", ".") ?? quoted;
    if (name !== undefined) at = isMap(at) ? at[name] : undefined;
    else if (!Array.isArray(at)) at = undefined;
    else if (index !== undefined) at = at[Number(index)];
    else at = at.find((item) => isMap(item) && key !== undefined && item[key] === wanted);
  }
  return at;
}
