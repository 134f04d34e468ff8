import { type Issue, warningIssue } from "../../../model/issue.ts";
import type { KudoView } from "../kudo-view.ts";

/** Parameters that no template and no Toggle reads; one that triggers a plan may be there for that alone (verifier 7b). */
export function unusedKudoParameters({ pkg, trees }: KudoView): Issue[] {
  const uses = [...trees.values()].map((tree) => tree.uses);
  if (uses.some(({ usesAllParameters }) => usesAllParameters)) return [];
  const used = new Set([
    ...uses.flatMap(({ parameters }) => parameters.map(({ name }) => name)),
    ...pkg.operator.tasks.flatMap((task) => (task.kind === "Toggle" ? task.parameter : [])),
  ]);
  return pkg.parameters
    .filter(({ name, trigger }) => !used.has(name) && trigger === undefined)
    .map(({ name, at }) =>
      warningIssue("unused-parameter", `parameter "${name}" defined but not used.`, at),
    );
}
