import { isMap } from "../../model/json.ts";
import { elementText } from "../objects/fields.ts";
import type { ListShape, ScalarShape, Shape } from "./shape.ts";
import { itemElement } from "./typed.ts";

/**
 * Why a value does not fit a shape, in the words of structured-merge-diff: unknown fields, wrong types, items of a merging
 * list without their keys or twice.
 */
export function typedProblems(value: unknown, shape: Shape, path = ""): string[] {
  switch (shape.type) {
    case "any":
      return [];
    case "struct":
      if (!isMap(value)) return [wrong(path, "map", value)];
      return Object.entries(value).flatMap(([key, item]) => {
        const field = shape.fields.get(key);
        if (field) return typedProblems(item, field.shape, `${path}.${key}`);
        return shape.open ? [] : [`${path}.${key}: field not declared in schema`];
      });
    case "map":
      if (!isMap(value)) return [wrong(path, "map", value)];
      return Object.entries(value).flatMap(([key, item]) =>
        typedProblems(item, shape.of, `${path}.${key}`),
      );
    case "list":
      if (!Array.isArray(value)) return [wrong(path, "list", value)];
      return listProblems(value, shape, path);
    default:
      return scalarFits(value, shape) ? [] : [wrong(path, SCALAR[shape.type], value)];
  }
}

function listProblems(items: readonly unknown[], shape: ListShape, path: string): string[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const element = shape.by === "atomic" ? undefined : itemElement(shape, item);
    if (element === undefined && Array.isArray(shape.by)) {
      const missing = isMap(item)
        ? shape.by.find((key) => (item[key] ?? shape.keyDefaults?.[key]) === undefined)
        : undefined;
      if (missing !== undefined)
        return [
          `${path}: element ${index}: associative list with keys has an element that omits key field "${missing}" (and doesn't have default value)`,
        ];
    }
    const at = element === undefined ? `${path}[${index}]` : path + elementText(element);
    if (element !== undefined && seen.has(element))
      return [`${path}: duplicate entries for key ${elementText(element)}`];
    if (element !== undefined) seen.add(element);
    return typedProblems(item, shape.of, at);
  });
}

const SCALAR: Record<ScalarShape["type"], string> = {
  str: "string",
  bytes: "string",
  time: "string",
  int: "numeric (int or float)",
  num: "numeric (int or float)",
  bool: "boolean",
  quantity: "scalar",
  intstr: "scalar",
};

function scalarFits(value: unknown, { type }: ScalarShape): boolean {
  switch (type) {
    case "int":
    case "num":
      return typeof value === "number";
    case "bool":
      return typeof value === "boolean";
    case "quantity":
    case "intstr":
      return typeof value === "string" || typeof value === "number";
    default:
      return typeof value === "string";
  }
}

function wrong(path: string, expected: string, value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return `${path}: expected ${expected}, got &value.valueUnstructured{Value:${text}}`;
}
