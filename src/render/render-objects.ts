import type { KubeObject } from "../model/kube-object.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { RunConstants, TemplateScope } from "../model/scope.ts";

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
 */
export function renderObjects(
  pkg: OperatorPackage,
  keys: readonly string[],
  scope: TemplateScope,
  constants: RunConstants,
): RenderedObject[] {
  throw new Error(`not there yet: ${[pkg, keys, scope, constants].length}`);
}
