import { isMap } from "../../model/json.ts";
import { ANY, type ListShape, type Shape } from "../kinds/shape.ts";
import { childShape } from "../kinds/typed.ts";

/**
 * Strategic merge patch (Kubernetes API conventions): maps merge, `null` removes, lists merge by the key of their shape or are
 * replaced; directives `$patch: replace|delete|merge`, `$retainKeys`, `$setElementOrder/x`, `$deleteFromPrimitiveList/x`.
 */
export function strategicMerge(live: unknown, patch: unknown, shape: Shape): unknown {
  if (!isMap(patch)) return patch;
  const { $patch: directive, $retainKeys: retained, ...fields } = patch;
  if (directive === "replace") return fields;
  if (directive === "delete") return {};
  const base = isMap(live) ? live : {};
  const merged: Record<string, unknown> = Array.isArray(retained)
    ? Object.fromEntries(Object.entries(base).filter(([key]) => retained.includes(key)))
    : { ...base };
  for (const [key, value] of Object.entries(fields)) {
    if (key.startsWith("$")) continue;
    if (value === null) delete merged[key];
    else merged[key] = mergeValue(merged[key], value, childShape(shape, key) ?? ANY);
  }
  return withDirectives(merged, fields, shape);
}

function mergeValue(live: unknown, value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) return mergeList(Array.isArray(live) ? live : [], value, shape);
  return isMap(value) ? strategicMerge(live, value, shape) : value;
}

function mergeList(live: readonly unknown[], patch: readonly unknown[], shape: Shape): unknown[] {
  if (shape.type !== "list" || shape.patch === "replace") return patch.map(strip);
  if (shape.patch === "set") return [...new Set([...live, ...patch])];
  if (patch.some((item) => isMap(item) && item.$patch === "replace"))
    return patch.filter((item) => !(isMap(item) && item.$patch === "replace"));
  return mergeByKey(live, patch, shape, shape.patch.key);
}

function mergeByKey(
  live: readonly unknown[],
  patch: readonly unknown[],
  shape: ListShape,
  key: string,
): unknown[] {
  const merged = [...live];
  for (const item of patch) {
    if (!isMap(item)) continue;
    const at = merged.findIndex((each) => isMap(each) && each[key] === item[key]);
    if (item.$patch === "delete") {
      if (at >= 0) merged.splice(at, 1);
    } else if (at >= 0) merged[at] = strategicMerge(merged[at], item, shape.of);
    else merged.push(strategicMerge({}, item, shape.of));
  }
  return merged;
}

/** Removes from lists of scalars, and orders lists as the client has them. */
function withDirectives(
  merged: Record<string, unknown>,
  patch: Record<string, unknown>,
  shape: Shape,
): Record<string, unknown> {
  for (const [directive, value] of Object.entries(patch)) {
    const [what, name = ""] = directive.split("/");
    const list = merged[name];
    if (!Array.isArray(value) || !Array.isArray(list)) continue;
    if (what === "$deleteFromPrimitiveList")
      merged[name] = list.filter((item) => !value.includes(item));
    if (what === "$setElementOrder") {
      const of = childShape(shape, name);
      const key = of?.type === "list" && typeof of.patch === "object" ? of.patch.key : undefined;
      const id = (item: unknown): unknown => (key && isMap(item) ? item[key] : item);
      const order = value.map(id);
      const rank = (item: unknown): number => {
        const at = order.indexOf(id(item));
        return at < 0 ? order.length : at;
      };
      merged[name] = [...list].sort((a, b) => rank(a) - rank(b));
    }
  }
  return merged;
}

/** New values may carry directives too. */
function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("$"))
      .map(([key, item]) => [key, strip(item)]),
  );
}
