import { errorIssue } from "../../model/issue.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { type Piped, pipedBy, pipeTwins } from "../../model/piped.ts";
import type { RunInputs } from "../../model/run.ts";

/** What decides which artifacts templates can name. */
export type PipeInputs = Pick<RunInputs, "pkg" | "instance"> &
  Partial<Pick<RunInputs, "plans" | "inventory">>;

/**
 * Names of artifacts by their keys, as templates of a plan have them in `.Pipes`: those of the plan itself, made already or not; and those of other plans (D-04) that run
 * before it in this run or have run for the instance. Where several made one of a key, the latest. Throws a `bad-input` KplanError for a key that a plan has twice, and for pods
 * and artifacts that would share a name or have none.
 */
export function pipesOf(inputs: PipeInputs, plan: string): Record<string, string> {
  const all = pipedBy(inputs.pkg, inputs.instance.name);
  refuseTwins(all.filter((one) => one.plan === plan));
  const before = (inputs.plans ?? []).map(({ name }) => name);
  const isRun = ({ plan: maker }: Piped): boolean => before.includes(maker);
  const made = all
    .map((piped) => ({ piped, run: runThatMade(piped, inputs) }))
    .filter(({ run }) => run !== undefined)
    .sort((a, b) => (a.run ?? 0) - (b.run ?? 0))
    .map(({ piped }) => piped);
  const own = all.filter((one) => one.plan === plan);
  return Object.fromEntries(
    [...made, ...all.filter(isRun), ...own].map(({ key, name }) => [key, name]),
  );
}

/** Plans that would make an artifact of a key. */
function plansThatPipe(pkg: OperatorPackage, key: string): readonly string[] {
  const all = pipedBy(pkg, "");
  return [...new Set(all.filter((one) => one.key === key).map(({ plan }) => plan))];
}

/** A template that names an artifact which is not there is told which plan makes it. */
export function withPipeHints(error: unknown, pkg: OperatorPackage): unknown {
  if (!(error instanceof KplanError) || error.issues.length === 0) return error;
  const issues = error.issues.map((issue) => {
    const key = /<[^>]*\.Pipes\.(\w+)[^>]*>.*no entry for key "\1"/.exec(issue.message)?.[1];
    const plans = key === undefined ? [] : plansThatPipe(pkg, key);
    if (plans.length === 0) return issue;
    const which = plans.map((plan) => `plan ${plan}`).join(" or ");
    const hint = `${which} makes Pipes.${key}, and has not done so for this instance yet`;
    return { ...issue, hint };
  });
  return new KplanError(error.code, error.message, { kind: error.kind, issues, cause: error });
}

function refuseTwins(piped: readonly Piped[]): void {
  const issues = pipeTwins(piped).map((message) => errorIssue("duplicate-pipe", message));
  if (issues.length > 0) refuse("pipes", issues);
}

/** Number of the run that made an artifact last, 0 where that is not known; undefined when none has. */
function runThatMade({ name, kind }: Piped, { inventory = [] }: PipeInputs): number | undefined {
  const entry = inventory.find(({ ref }) => ref.kind === kind && ref.name === name);
  return entry === undefined ? undefined : (entry.run ?? 0);
}
