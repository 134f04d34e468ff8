import { isMap } from "../model/json.ts";
import { isEmpty } from "./kinds.ts";

type Dict = Record<string, unknown>;

/**
 * Merges maps into a new one (the semantics of mergo, which Sprig uses). Maps within maps are merged; of other values the earlier one wins
 * unless it is empty, or, with `overwrite`, the later one wins always.
 */
export function mergeMaps(maps: readonly Readonly<Dict>[], overwrite: boolean): Dict {
  const [first = {}, ...others] = maps;
  return others.reduce<Dict>((merged, next) => mergeTwo(merged, next, overwrite), { ...first });
}

function mergeTwo(to: Readonly<Dict>, from: Readonly<Dict>, overwrite: boolean): Dict {
  const members = new Map(Object.entries(to));
  for (const [key, value] of Object.entries(from)) {
    const present = members.get(key);
    if (isMap(value) && isMap(present)) members.set(key, mergeTwo(present, value, overwrite));
    else if (overwrite || (value !== null && isEmpty(present))) members.set(key, value);
  }
  return Object.fromEntries(members);
}
