import type { OperatorPackage } from "../../model/package.ts";
import type { TemplateScope } from "../../model/scope.ts";
import { NEWEST_KUBERNETES } from "../known-capabilities.ts";
import { scopeOfStep } from "../render-plans.ts";

/** The names that a template sees which no step uses, in a plan, phase and step that are none of the package's. */
export function outsideScope(pkg: OperatorPackage): TemplateScope {
  const nowhere = {
    plan: { name: "plan", strategy: "serial", phases: [] },
    phase: { name: "phase", strategy: "serial", steps: [] },
    step: { name: "step", strategy: "serial", tasks: [] },
    name: "task",
  } as const;
  return scopeOfStep(pkg, nowhere, NEWEST_KUBERNETES);
}
