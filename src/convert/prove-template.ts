import { canonicalJson, isMap } from "../model/json.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { TemplateScope } from "../model/scope.ts";
import { renderObjects } from "../render/render-objects.ts";
import { CONSTANTS } from "../verify/render-with-facts.ts";
import type { Sample } from "./samples.ts";

/** Whether a template says the same in both dialects, as far as it was tried. */
export type Proof =
  | { readonly equal: true; readonly rendered: number }
  /** One sentence: with which parameters, and what differs. */
  | { readonly equal: false; readonly message: string };

/** Renderings of one template in one dialect, about: a template of very many parameters sees the further samples in one place each. */
const MANY = 1500;

/**
 * Renders a template in both dialects, in each place of the package that uses it and with each sample, and compares the objects. What the Go template cannot render with some sample
 * has no objects that could differ; with the defaults it must render.
 * @param scopes of the places, without parameters
 */
export function proveTemplate(
  key: string,
  packages: { readonly kudo: OperatorPackage; readonly native: OperatorPackage },
  scopes: readonly TemplateScope[],
  samples: readonly Sample[],
): Proof {
  let rendered = 0;
  const isMuch = samples.length * scopes.length > MANY;
  for (const [index, sample] of samples.entries()) {
    const turn = index % Math.max(1, scopes.length);
    const here = isMuch && index > 0 ? scopes.slice(turn, turn + 1) : scopes;
    for (const scope of here) {
      const was = objectsOf(packages.kudo, key, { ...scope, Params: sample.texts });
      if (typeof was === "string") {
        if (index > 0) continue;
        return { equal: false, message: `the Go template does not render: ${was}` };
      }
      const is = objectsOf(packages.native, key, { ...scope, Params: sample.values });
      rendered++;
      if (typeof is !== "string" && canonicalJson(was) === canonicalJson(is)) continue;
      const where = `in ${scope.PlanName}.${scope.PhaseName}.${scope.StepName}`;
      const having = sample.label === "" ? "the defaults" : sample.label;
      const what =
        typeof is === "string" ? `it does not render: ${is}` : difference(was, is, "the objects");
      return { equal: false, message: `with ${having} ${where}, ${what}` };
    }
  }
  return { equal: true, rendered };
}

/** Without their namespace, which is the instance's whatever a template says; or why there are none. */
function objectsOf(
  pkg: OperatorPackage,
  key: string,
  scope: TemplateScope,
): readonly KubeObject[] | string {
  try {
    return renderObjects(pkg, [key], scope, CONSTANTS).map(({ object }) => {
      const { namespace: _, ...metadata } = object.metadata;
      return { ...object, metadata };
    });
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    return error.issues[0]?.message ?? error.message;
  }
}

/** The first place where two values differ. */
function difference(was: unknown, is: unknown, path: string): string {
  if (Array.isArray(was) && Array.isArray(is) && was.length === is.length) {
    const index = was.findIndex((each, at) => canonicalJson(each) !== canonicalJson(is[at]));
    return difference(was[index], is[index], `${path}[${index}]`);
  }
  if (isMap(was) && isMap(is)) {
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    const name = names.find((each) => canonicalJson(was[each]) !== canonicalJson(is[each]));
    if (name !== undefined) return difference(was[name], is[name], `${path}.${name}`);
  }
  return `${path} would be ${shown(is)} instead of ${shown(was)}`;
}

function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
