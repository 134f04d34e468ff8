import { KplanError } from "../../model/kplan-error.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { OperatorPackage } from "../../model/package.ts";

/** Refuses ids that no requirement of the package has, each a slip that would allow nothing. Throws a `bad-input` KplanError that names those that there are. */
export function refuseUnknownAllowed(
  { operator }: Pick<OperatorPackage, "operator">,
  allow: readonly string[],
): void {
  const known = operator.plans.flatMap((plan) =>
    [plan, ...plan.phases.flatMap(({ steps }) => steps)].flatMap(({ require = [] }) =>
      require.map(({ id }) => id),
    ),
  );
  const [unknown] = allow.filter((id) => !known.includes(id));
  if (unknown === undefined) return;
  throw new KplanError(
    "no-such-requirement",
    `--allow ${unknown}: ${operator.name} has no requirement ${unknown}${didYouMean(unknown, known)}`,
    {
      kind: "bad-input",
      hint:
        known.length === 0
          ? "it has no requirements at all"
          : `its requirements: ${[...new Set(known)].sort().join(", ")}`,
    },
  );
}
