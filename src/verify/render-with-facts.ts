import type { Issue } from "../model/issue.ts";
import { canonicalJson, type Json, type JsonMap } from "../model/json.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { RunConstants, TemplateScope } from "../model/scope.ts";
import { factUses } from "../render/fact-uses.ts";
import { type RenderedObject, renderObjects } from "../render/render-objects.ts";

/** What became of a template. */
export type Rendered =
  | { readonly objects: readonly RenderedObject[] }
  | { readonly issues: readonly Issue[] };

/**
 * Renders a template as far as that can be done before anything was found out: without facts, else with a placeholder for each fact that it names. Undefined when it
 * renders neither way and the reason may lie in the facts alone: then nothing can be said about its objects.
 */
export function renderWithFacts(
  pkg: OperatorPackage,
  key: string,
  scope: TemplateScope,
  constants: RunConstants = CONSTANTS,
): Rendered | undefined {
  const paths = factUses(pkg.templates.get(key) ?? "").map(({ path }) => path);
  const without = render(pkg, key, { ...scope, Facts: {} }, constants);
  if ("objects" in without || paths.length === 0) return without;
  const withAll = render(pkg, key, { ...scope, Facts: placeholders(paths) }, constants);
  if ("objects" in withAll) return withAll;
  return canonicalJson(withAll.issues) === canonicalJson(without.issues) ? without : undefined;
}

function render(
  pkg: OperatorPackage,
  key: string,
  scope: TemplateScope,
  constants: RunConstants,
): Rendered {
  try {
    return { objects: renderObjects(pkg, [key], scope, constants) };
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    return { issues: error.issues };
  }
}

/** What is fixed once per run. */
export const CONSTANTS: RunConstants = { seed: "verify", startedAt: "2000-01-01T00:00:00Z" };

/** A text at the end of each path, unlike any other's: objects that are named by facts are not the same. */
function placeholders(paths: readonly (readonly string[])[], before: string = "fact"): JsonMap {
  const members = new Map<string, (readonly string[])[]>();
  for (const [name, ...rest] of paths)
    if (name !== undefined) members.set(name, [...(members.get(name) ?? []), rest]);
  const placeholderFor = (name: string, rest: readonly (readonly string[])[]): Json => {
    const text = `${before}-${name.toLowerCase().replaceAll(/[^a-z0-9]/g, "-")}`;
    return rest.every((path) => path.length === 0) ? text : placeholders(rest, text);
  };
  return Object.fromEntries([...members].map(([name, rest]) => [name, placeholderFor(name, rest)]));
}
