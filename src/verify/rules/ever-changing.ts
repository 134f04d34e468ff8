import { type Issue, warningIssue } from "../../model/issue.ts";
import { canonicalJson } from "../../model/json.ts";
import { refKey, refOf, refText } from "../../model/kube-object.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { RunConstants } from "../../model/scope.ts";
import type { PackageView } from "../package-view.ts";
import { type RenderedTemplate, scopeOfStep } from "../render-plans.ts";
import { renderWithFacts } from "../render-with-facts.ts";

/**
 * What is applied renders to the same in every run: a random value or the time in it would change the object, and restart the pods that use it, with each run.
 * A plan that runs only when somebody triggers it may want just that, and an object whose name changes as well is another one.
 */
export function everChanging({ pkg, renderings }: PackageView): Issue[] {
  const automatic = automaticPlans(pkg);
  return renderings.flatMap(({ capabilities, templates }) =>
    templates.flatMap((template) => {
      const { act, use, key, objects } = template;
      const call = VARIES.exec(pkg.templates.get(key) ?? "");
      if (act !== "apply" || call === null || !automatic.has(use.plan.name)) return [];
      const scope = scopeOfStep(pkg, use, capabilities);
      const again = renderWithFacts(pkg, key, scope, ANOTHER_RUN);
      if (again === undefined || !("objects" in again)) return [];
      const later = contents(again);
      return objects.flatMap(({ object }) => {
        const other = later.get(refKey(refOf(object)));
        if (other === undefined || other === canonicalJson(object)) return [];
        const message = `templates/${key} renders another ${refText(refOf(object))} in every run (${call[0]}): each run that applies it changes it, and restarts the pods that use it`;
        const at = placeOf(pkg, key, call.index);
        return warningIssue("ever-changing", message, at, HINT);
      });
    }),
  );
}

const HINT =
  "a value that must last belongs into a parameter of type secret, which is generated once";

/** Random functions, and the time. */
const VARIES =
  /\b(?:rand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes|Int)|uuidv4|shuffle|now|bcrypt|htpasswd|ago)\b/;

const ANOTHER_RUN: RunConstants = { seed: "verify-again", startedAt: "2001-02-03T04:05:06Z" };

/** Plans that run without having been named by anybody. */
function automaticPlans({ parameters }: OperatorPackage): ReadonlySet<string> {
  const triggered = parameters.flatMap(({ trigger }) => trigger ?? []);
  return new Set(["deploy", "update", "upgrade", ...triggered]);
}

function contents({ objects }: Pick<RenderedTemplate, "objects">): Map<string, string> {
  return new Map(objects.map(({ object }) => [refKey(refOf(object)), canonicalJson(object)]));
}

function placeOf(pkg: OperatorPackage, key: string, offset: number) {
  const before = (pkg.templates.get(key) ?? "").slice(0, offset).split("\n");
  return {
    file: `templates/${key}`,
    line: before.length,
    col: (before.at(-1)?.length ?? 0) + 1,
  };
}
