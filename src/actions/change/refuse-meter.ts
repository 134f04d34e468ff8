import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { RunKind } from "../../model/run.ts";
import type { ActionContext } from "../context.ts";

/** Refuses to measure a run that cannot be measured: the package has no meter, or nothing serves clients yet. Throws a `bad-input` KplanError. */
export function refuseMeter(
  { meter }: Pick<ActionContext, "meter">,
  {
    kind,
    isNew,
    pkg,
  }: { readonly kind: RunKind; readonly isNew: boolean; readonly pkg: OperatorPackage },
): void {
  if (!meter) return;
  const { name } = pkg.operator;
  if (kind === "install" || isNew)
    throw new KplanError(
      "meter",
      "--meter measures what clients feel, and nothing serves them before the instance is installed",
      {
        kind: "bad-input",
        hint: "give it with update, upgrade or plan trigger",
      },
    );
  if (pkg.operator.meter === undefined)
    throw new KplanError("meter", `--meter: the package ${name} has no meter`, {
      kind: "bad-input",
      hint: "a package names one with `meter:` in its operator.yaml",
    });
}
