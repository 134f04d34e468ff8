import { parseExpression } from "../../expressions/parse-expression.ts";
import { type Issue, warningIssue } from "../../model/issue.ts";
import { nearest } from "../../model/nearest.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { PackageView } from "../package-view.ts";
import { placeInText } from "../place-in-text.ts";

/**
 * What a gate expects under a name that its own command does not mention, while it mentions one that is nearly the same: such an expectation would wait for ever. Only
 * a warning: a script may print what its command line does not say.
 */
export function gateNames({ pkg, words }: PackageView): Issue[] {
  const mentioned = wordsOfGates(pkg);
  const named = words.expressions.flatMap(({ text, path, names }) =>
    parseExpression(text, names).uses.flatMap(({ path: [root, name], offset }) =>
      root === "Values" && name !== undefined ? [{ name, path, text, offset }] : [],
    ),
  );
  return [...named, ...sameNames(pkg)].flatMap(({ name, path, text, offset }) => {
    const known = mentioned.get(JSON.stringify(path.slice(0, path.indexOf("gate"))));
    if (known === undefined || known.has(name)) return [];
    const meant = nearest(name, known);
    if (meant === undefined || meant.toLowerCase() === name.toLowerCase()) return [];
    const message = `the gate's command does not mention "${name}", did you mean "${meant}"?`;
    return warningIssue("gate-name", message, placeInText(pkg, path, text, offset));
  });
}

interface Named {
  readonly name: string;
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly offset: number;
}

/** The words of each gate's command, by the path of its step. */
function wordsOfGates(pkg: OperatorPackage): Map<string, Set<string>> {
  return new Map(
    gatesOf(pkg).map(({ step, gate }) => [
      JSON.stringify(step),
      new Set(gate.command.join(" ").match(/[A-Za-z_]\w{3,}/g) ?? []),
    ]),
  );
}

function sameNames(pkg: OperatorPackage): Named[] {
  return gatesOf(pkg).flatMap(({ step, gate }) =>
    gate.expect.flatMap((expectation, index): Named[] => {
      if (expectation.kind !== "same") return [];
      const { name } = expectation;
      return [{ name, path: [...step, "gate", "expect", index, "same"], text: name, offset: 0 }];
    }),
  );
}

function gatesOf({ operator }: OperatorPackage) {
  return operator.plans.flatMap((plan) =>
    plan.phases.flatMap((phase, i) =>
      phase.steps.flatMap(({ gate }, j) =>
        gate ? [{ step: ["plans", plan.name, "phases", i, "steps", j], gate }] : [],
      ),
    ),
  );
}
