import { functionsOf } from "../functions/table.ts";
import { FunctionError, type TemplateFunction } from "../functions/template-function.ts";
import { isMap } from "../model/json.ts";

/** Handlebars' own `lookup MAP KEY`: a member of a map or an item of a list, null when there is none. */
const LOOKUP: TemplateFunction = {
  name: "lookup",
  dialects: ["native"],
  arity: [2, 2],
  call([from, key]) {
    const isKey = typeof key === "string" || typeof key === "number";
    if (!isKey) throw new FunctionError("needs a text or an integer as key");
    if (!isMap(from) && !Array.isArray(from)) throw new FunctionError("needs a map or a list");
    const isPlace = !Array.isArray(from) || /^\d+$/.test(String(key));
    return isPlace && Object.hasOwn(from, key) ? Reflect.get(from, key) : null;
  },
};

/** Every function that a native template can call, by name. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  ...functionsOf("native"),
  [LOOKUP.name, LOOKUP],
]);
