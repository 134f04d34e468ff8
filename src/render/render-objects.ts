import type { Issue } from "../model/issue.ts";
import { KplanError, refuse } from "../model/kplan-error.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { RunConstants, TemplateScope } from "../model/scope.ts";
import { readKudoObjects } from "./read-kudo-objects.ts";
import { readObjects } from "./read-objects.ts";
import { renderKudoTemplate } from "./render-kudo-template.ts";
import { renderTemplate } from "./render-template.ts";

/** A Kubernetes object as a template says it, before it is enhanced. */
export interface RenderedObject {
  readonly object: KubeObject;
  /** Key of the template. */
  readonly template: string;
  /** Line of the rendered text where the object begins, from 1. */
  readonly line: number;
}

/**
 * The objects of templates, in order of the keys and of the documents in each. A template that renders to nothing gives none.
 * Throws a `bad-input` KplanError with the problems of all the templates.
 * @param named of a KUDO package: the name that the objects have, whatever the templates say
 */
export function renderObjects(
  pkg: OperatorPackage,
  keys: readonly string[],
  scope: TemplateScope,
  constants: RunConstants,
  named?: string,
): RenderedObject[] {
  const issues: Issue[] = [];
  const isKudo = pkg.dialect === "kudo";
  const [render, read] = isKudo
    ? [renderKudoTemplate, readKudoObjects]
    : [renderTemplate, readObjects];
  // KUDO applies a template that is listed twice once.
  const objects = (isKudo ? [...new Set(keys)] : keys).flatMap((key) => {
    const text = pkg.templates.get(key);
    if (text === undefined) throw new Error(`no template ${key}`);
    try {
      const declared = pkg.parameters;
      return read(render({ key, text, scope, constants, declared }), key, issues, named);
    } catch (error) {
      if (!(error instanceof KplanError)) throw error;
      issues.push(...error.issues);
      return [];
    }
  });
  if (issues.length > 0) refuse(keys.length === 1 ? `template ${keys[0]}` : "templates", issues);
  return objects;
}
