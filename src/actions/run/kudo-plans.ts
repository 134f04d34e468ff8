import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";

type Plans = Pick<OperatorPackage, "operator" | "parameters">;

/**
 * The plans that changes of parameters of a KUDO package trigger (compat section 7.2), in the order of the package. Parameters without a trigger count only when no changed one
 * has one; then it is `update`, else `deploy`. KUDO refuses several plans; they run one after the other. Throws a `bad-input` KplanError when the plan is not there.
 */
export function kudoTriggeredPlans(pkg: Plans, changed: Iterable<string>): readonly string[] {
  const names = pkg.operator.plans.map(({ name }) => name);
  const parameters = [...changed].flatMap(
    (name) => pkg.parameters.find((parameter) => parameter.name === name) ?? [],
  );
  if (parameters.length === 0) return [];
  const explicit = parameters.filter(({ trigger }) => trigger !== undefined && trigger !== "");
  for (const { name, trigger = "" } of explicit)
    if (!names.includes(trigger))
      throw new KplanError(
        "no-such-plan",
        `parameter ${name} triggers plan ${trigger}, which ${pkg.operator.name} does not have`,
        { kind: "bad-input", hint: `its plans: ${names.join(", ")}` },
      );
  const triggers = new Set(explicit.map(({ trigger }) => trigger));
  if (explicit.length > 0) return names.filter((name) => triggers.has(name));
  const fallback = ["update", "deploy"].find((name) => names.includes(name));
  if (fallback !== undefined) return [fallback];
  throw new KplanError(
    "no-such-plan",
    `${pkg.operator.name} has neither plan update nor plan deploy, which a change of ${parameters.map(({ name }) => name).join(", ")} runs`,
    { kind: "bad-input" },
  );
}

/** What runs with the plan of an upgrade, which takes the place of `deploy`. */
export function besideUpgrade(triggered: readonly string[]): readonly string[] {
  return triggered.filter((name) => name !== "deploy");
}
