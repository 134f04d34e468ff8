import { errorIssue, type Issue } from "../model/issue.ts";
import { canonicalJson } from "../model/json.ts";
import type { Parameter } from "../model/parameter.ts";
import type { ParameterChange } from "../model/run.ts";
import { HIDDEN, soundsSecret } from "../model/secret-name.ts";
import type { KudoTexts } from "./kudo-params.ts";
import { kudoDefault } from "./kudo-text.ts";

/**
 * What differs between two sets of texts of an Instance, as KUDO counts it (compat section 7.2): a text that is new, another or gone; to set what is the default already is a
 * change. And an issue for each immutable parameter that would have another value.
 * @param declaredBefore declarations that `before` belongs to, when an upgrade has other ones
 */
export function kudoChangedParams(
  declared: readonly Parameter[],
  before: KudoTexts,
  after: KudoTexts,
  declaredBefore: readonly Parameter[] = declared,
): { changes: ParameterChange[]; issues: Issue[] } {
  const earlier = new Map(declaredBefore.map((parameter) => [parameter.name, parameter]));
  const changes: ParameterChange[] = [];
  const issues: Issue[] = [];
  for (const parameter of declared) {
    const { name, immutable } = parameter;
    const [from, to] = [before[name], after[name]];
    if (from === to) continue;
    changes.push({ name, from: shown(name, from), to: shown(name, to) });
    const was = earlier.get(name);
    if (!immutable || was === undefined) continue;
    const [now, then] = [to ?? kudoDefault(parameter), from ?? kudoDefault(was)];
    if (now !== then) issues.push(immutableIssue(name, then, now));
  }
  return { changes, issues };
}

function shown(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  return soundsSecret(name) ? HIDDEN : canonicalJson(text);
}

function immutableIssue(name: string, from: string | undefined, to: string | undefined): Issue {
  const message = `parameter ${name} is immutable: it is ${shown(name, from) ?? "not set"} since install and cannot become ${shown(name, to) ?? "not set"}`;
  return errorIssue("immutable-changed", message);
}
